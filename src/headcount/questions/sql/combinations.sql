-- Those that use the same classes are counted together before their pairs are made.
SELECT plugin, beside, installations
FROM (
    SELECT plugin, other, installations
    FROM (
        SELECT class, other, sum(weight) AS installations
        FROM (
            SELECT weight, class, arrayJoin(arraySlice(used, i + 1)) AS other
            FROM (
                SELECT weight, used, used[i + 1] AS class, i
                FROM (
                    SELECT weight, used, arrayJoin(range(length(used))) AS i
                    FROM (
                        SELECT arraySort(arrayDistinct(entries)) AS used, sum(weigh) AS weight
                        FROM (
                            SELECT weight AS weigh, classes AS entries
                            FROM ({weights}) AS weighed
                            JOIN (SELECT {distinct} profile, classes FROM profiles) AS joined USING (profile)
                        )
                        GROUP BY entries
                    )
                )
            )
            WHERE class {among} ({them})
        )
        GROUP BY class, other
        HAVING installations >= $support
    ) AS pairs
    JOIN ({named}) AS joined USING (class)
) AS begun
JOIN (
    SELECT DISTINCT class AS other, plugin AS beside FROM ({named}) WHERE class {among} ({them})
) AS joined USING (other)
