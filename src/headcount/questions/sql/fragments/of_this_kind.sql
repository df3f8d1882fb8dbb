-- The classes of the kind that is asked for.
SELECT class FROM classes WHERE kind = $kind
