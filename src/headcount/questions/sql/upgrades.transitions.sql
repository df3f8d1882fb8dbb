SELECT series, reached_series, after, count() AS installations
FROM (
    SELECT
        install,
        series,
        argMin(later_series, (arrived, later_series)) AS reached_series,
        min(arrived + before) AS after
    FROM (
        SELECT install, series, toInt64(toRelativeDayNum(since_then)) * -1 AS before
        FROM ({series_lives})
        WHERE install IN (SELECT install FROM ({installations}))
    ) AS earlier
    JOIN (
        SELECT DISTINCT install, series AS later_series, toInt64(toRelativeDayNum(since_then)) AS arrived FROM ({series_lives})
    ) AS later_one USING (install)
    WHERE later_series > series AND arrived + before > 0
    GROUP BY install, series
)
GROUP BY series, reached_series, after
