-- By the depth of its classes, how many installations have subclasses of a class, how many use it at all, and of how many
-- these are the deepest, which is the last of their entries of the class.
SELECT plugin, of_kind AS kind, below, installations, instances, users, deepest
FROM (
    SELECT
        class,
        depth AS below,
        sum(weight * customizes) AS installations,
        sum(weight * derived * times) AS instances,
        sum(weight * uses) AS users,
        sum(weight * derived * ends) AS deepest
    FROM ({uses})
    WHERE class NOT IN ({own_fields})
    GROUP BY class, below
) AS used
JOIN ({named}) AS joined USING (class)
ORDER BY plugin, kind, below
