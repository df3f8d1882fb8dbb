SELECT size, sum(weight) AS installations
FROM (
    SELECT profile, weight, sum(occurrences) AS size
    FROM (
        SELECT profile, weight, nothing AS occurrences
        FROM ({weights}) AS weighed
        JOIN (SELECT {distinct} profile, 0 AS nothing FROM profiles WHERE has(answered, $field)) AS joined USING (profile)
        UNION ALL
        SELECT profile, weight, times AS occurrences
        FROM ({uses})
        WHERE class IN (SELECT class FROM classes WHERE kind = $kind)
    )
    GROUP BY profile, weight
)
GROUP BY size
ORDER BY size
