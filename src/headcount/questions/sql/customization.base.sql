SELECT plugin, of_kind AS kind, installations, instances, deepest, users
FROM (
    SELECT
        class,
        sum(weight * customizes) AS installations,
        sum(weight * derived * times) AS instances,
        max(depth) AS deepest,
        sum(weight * uses) AS users
    FROM ({uses})
    WHERE class NOT IN ({own_fields})
    GROUP BY class
    HAVING installations > 0
) AS used
JOIN ({named}) AS joined USING (class)
ORDER BY installations DESC, plugin, kind
