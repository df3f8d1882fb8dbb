SELECT period, max(seen_then) AS installations, max(new_then) AS fresh
FROM (
    SELECT day AS period, installs AS seen_then, newcomers AS new_then
    FROM daily
    WHERE day >= toDate($since) AND day <= toDate($until)
    UNION ALL
    SELECT period, 0 AS seen_then, 0 AS new_then FROM ({calendar})
)
GROUP BY period
ORDER BY period
