-- Those that were there, each with the number of the day on which it reached the release, or that after the end of the window.
SELECT install, min(bound) AS ends
FROM (
    SELECT install, toInt64(toRelativeDayNum(addDays(toDate($end), 1))) AS bound, 1 AS inside FROM ({there})
    UNION ALL
    SELECT install, toInt64(toRelativeDayNum(reached)) AS bound, 0 AS inside FROM ({reached})
)
GROUP BY install
HAVING max(inside) = 1
