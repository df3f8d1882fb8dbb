SELECT plugin, of_kind AS kind, installations, instances, customized
FROM (
    SELECT
        class,
        sum(weight * uses) AS installations,
        sum(weight * times) AS instances,
        sum(weight * customizes) AS customized
    FROM ({uses})
    GROUP BY class
) AS used
JOIN ({named}) AS joined USING (class)
WHERE {scope}
ORDER BY installations DESC, plugin, kind
