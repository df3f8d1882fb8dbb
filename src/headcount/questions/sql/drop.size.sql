-- How many builders those have that use it, and those that do not.
SELECT truth, told, size, sum(weighs) AS installations
FROM (
    SELECT profile, weighs, sum(occurrences) AS size
    FROM (
        SELECT profile, weight AS weighs, nothing AS occurrences
        FROM ({weights}) AS weighed
        JOIN (SELECT {distinct} profile, 0 AS nothing FROM profiles WHERE has(answered, 'plugins')) AS joined USING (profile)
        UNION ALL
        SELECT profile, weight AS weighs, times AS occurrences
        FROM ({uses})
        WHERE class IN (SELECT class FROM classes WHERE kind = 'builder')
    )
    GROUP BY profile, weighs
) AS sized
JOIN (
    SELECT {distinct} profile, {truth} AS truth, CASE WHEN {answers_condition} THEN 1 ELSE 0 END AS told FROM profiles
) AS judged USING (profile)
WHERE truth < 2
GROUP BY truth, told, size
