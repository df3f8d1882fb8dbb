SELECT part, number, count() AS installations
FROM (
    SELECT part, CASE WHEN part = 0 THEN reached_on WHEN part = 1 THEN outdated_on ELSE silent_since END AS number
    FROM (
        SELECT
            arrayJoin(range(3)) AS part,
            CASE WHEN ends < after_end THEN ends ELSE 0 END AS reached_on,
            outdated_on,
            CASE WHEN ends < after_end THEN 0 ELSE last_on END AS silent_since
        FROM (
            SELECT
                install,
                ends,
                max(CASE WHEN what = 1 AND known < ends THEN known ELSE 0 END) AS outdated_on,
                max(CASE WHEN what = 2 THEN known ELSE 0 END) AS last_on,
                toInt64(toRelativeDayNum(addDays(toDate($end), 1))) AS after_end
            FROM (
                SELECT install, 1 AS what, toInt64(toRelativeDayNum(outdated)) AS known FROM ({older})
                UNION ALL
                SELECT install, 2 AS what, toInt64(floor(lasted / 86400)) AS known FROM ({last_reports})
            ) AS events
            JOIN ({cohort}) AS bounded USING (install)
            GROUP BY install, ends
        )
    )
)
WHERE number > 0
GROUP BY part, number
