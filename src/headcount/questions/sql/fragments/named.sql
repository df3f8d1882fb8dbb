-- What the numbers of classes stand for.
SELECT class, max(name) AS plugin, max(kind) AS of_kind
FROM classes
GROUP BY class
