SELECT period, sum(having_it) AS installations, count() AS everyone
FROM (SELECT period, install, latest AS profile FROM ({monthly})) AS each_month
JOIN (
    SELECT DISTINCT profile, CASE WHEN {predicate} THEN 1 ELSE 0 END AS having_it FROM profiles WHERE {answers_condition}
) AS joined USING (profile)
GROUP BY period
ORDER BY period
