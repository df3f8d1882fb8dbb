SELECT period, count() AS installations, sum(is_new) AS fresh
FROM (
    SELECT period, install, CASE WHEN {start} = period THEN 1 ELSE 0 END AS is_new
    FROM ({periods}) AS seen_in
    JOIN ({firsts}) AS joined USING (install)
)
GROUP BY period
ORDER BY period
