-- How many installations there are, by level, by whether the condition holds of them, whether they answered all of it, and by
-- release, distribution and database.
SELECT level, truth, told, number, distribution, engine, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct}
        profile,
        level,
        {truth} AS truth,
        CASE WHEN {answers_condition} THEN 1 ELSE 0 END AS told,
        buildbot AS number,
        distro AS distribution,
        db AS engine
    FROM profiles
) AS joined USING (profile)
GROUP BY level, truth, told, number, distribution, engine
