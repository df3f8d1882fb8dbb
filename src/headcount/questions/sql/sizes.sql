SELECT size, sum(weight) AS installations
FROM (
    SELECT profile, weight, sum(times) AS size
    FROM (
        SELECT profile, weight, times
        FROM ({weights}) AS weighed
        JOIN (SELECT DISTINCT profile, 0 AS times FROM profiles WHERE has(answered, $field)) AS joined USING (profile)
        UNION ALL
        SELECT profile, weight, CASE WHEN kinds[i + 1] = $kind THEN counts[i + 1] ELSE 0 END AS times
        FROM (
            SELECT profile, weight, kinds, counts, arrayJoin(range(length(kinds))) AS i
            FROM ({weights}) AS weighed
            JOIN (
                SELECT DISTINCT profile, kinds, counts FROM profiles WHERE has(answered, $field)
            ) AS joined USING (profile)
        )
    )
    GROUP BY profile, weight
)
GROUP BY size
ORDER BY size
