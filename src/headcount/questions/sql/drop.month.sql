SELECT period, sum(uses) AS installations, count() AS everyone
FROM (
    SELECT period, install, latest AS profile
    FROM (
        SELECT m AS period, install, argMax(profile, (last, profile)) AS latest
        FROM month
        WHERE m >= toDate($since) AND m <= toDate($until) AND install NOT IN ({superseded})
        GROUP BY m, install
    )
) AS each_month
JOIN (
    SELECT DISTINCT profile, CASE WHEN {predicate} THEN 1 ELSE 0 END AS uses FROM profiles WHERE {answers_condition}
) AS joined USING (profile)
GROUP BY period
ORDER BY period
