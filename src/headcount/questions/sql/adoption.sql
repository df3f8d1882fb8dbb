SELECT plugin, installations
FROM (
    SELECT class, sum(weight * uses) AS installations
    FROM ({uses})
    WHERE class NOT IN ({own_fields})
    GROUP BY class
) AS used
JOIN ({named}) AS joined USING (class)
ORDER BY plugin
