SELECT period, sum(having_it) AS installations, sum(told) AS everyone, sum(having_it * told) AS using_of
FROM (SELECT period, install, latest AS profile FROM ({monthly})) AS each_month
JOIN (
    SELECT {distinct}
        profile,
        CASE WHEN {condition} THEN 1 ELSE 0 END AS having_it,
        CASE WHEN {answers_condition} THEN 1 ELSE 0 END AS told
    FROM profiles
    WHERE ({answers_condition}) OR ({condition})
) AS joined USING (profile)
GROUP BY period
ORDER BY period
