SELECT plugin, of_kind AS kind, installations, everywhere
FROM (
    SELECT class, sum(weight * inside) AS installations, sum(weight) AS everywhere
    FROM (
        SELECT
            weight,
            inside,
            classes[i + 1] AS class,
            CASE WHEN i > 0 AND classes[i] = classes[i + 1] THEN 0 ELSE 1 END AS uses
        FROM (
            SELECT weight, inside, classes, arrayJoin(range(length(classes))) AS i
            FROM ({weights}) AS weighed
            JOIN (
                SELECT {distinct} profile, classes, CASE WHEN {condition} THEN 1 ELSE 0 END AS inside
                FROM profiles
                WHERE has(answered, $field)
            ) AS joined USING (profile)
        )
    )
    WHERE uses = 1
    GROUP BY class
    HAVING installations > 0
) AS used
JOIN ({named}) AS joined USING (class)
WHERE of_kind NOT IN ('www', 'configurator', 'factory')
ORDER BY installations DESC, plugin, kind
