-- Who has how many different classes behind each public one.
SELECT plugin, band, installations
FROM (
    SELECT class, band, sum(weight) AS installations
    FROM (
        SELECT weight, variety_classes[i + 1] AS class, varieties[i + 1] AS band
        FROM (
            SELECT weight, variety_classes, varieties, arrayJoin(range(length(variety_classes))) AS i
            FROM ({weights}) AS weighed
            JOIN (
                SELECT {distinct} profile, variety_classes, varieties FROM profiles WHERE {believed}
            ) AS joined USING (profile)
        )
    )
    GROUP BY class, band
) AS used
JOIN ({named}) AS joined USING (class)
ORDER BY plugin, band
