-- Profiles that nobody has any more.
DELETE FROM profiles
WHERE profile NOT IN (
    SELECT profile FROM sightings UNION SELECT profile FROM anonymous UNION SELECT profile FROM later
);

-- Classes that none of the others has.
DELETE FROM classes
WHERE class > 2 AND class NOT IN (SELECT unnest(classes) FROM profiles);
