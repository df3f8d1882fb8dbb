-- How many of those that use it, and of those that do not, have each class that every reporter counts; of both, who answered all
-- that is asked, and tells the plugins.
SELECT truth, plugin, of_kind, installations
FROM (
    SELECT truth, class, sum(weight * starts) AS installations
    FROM (
        SELECT
            weight,
            truth,
            classes[i + 1] AS class,
            CASE WHEN i > 0 AND classes[i] = classes[i + 1] THEN 0 ELSE 1 END AS starts
        FROM (
            SELECT weight, truth, classes, arrayJoin(range(length(classes))) AS i
            FROM ({weights}) AS weighed
            JOIN (
                SELECT {distinct} profile, classes, {truth} AS truth
                FROM profiles
                WHERE has(answered, 'plugins') AND {answers_condition}
            ) AS joined USING (profile)
        )
    )
    WHERE truth < 2
    GROUP BY truth, class
) AS used
JOIN ({named}) AS joined USING (class)
WHERE of_kind NOT IN (
    'www', 'configurator', 'factory', 'secrets provider', 'authentication', 'report generator', 'machine'
)
