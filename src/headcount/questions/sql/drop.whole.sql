-- How many installations there are, by level, by whether the condition holds of them, whether they answered all of it, and by
-- release.
SELECT level, truth, told, number, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct} profile, level, {truth} AS truth, CASE WHEN {answers_condition} THEN 1 ELSE 0 END AS told, buildbot AS number
    FROM profiles
) AS joined USING (profile)
GROUP BY level, truth, told, number
