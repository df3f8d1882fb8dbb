SELECT what, number, count() AS installations
FROM (
    SELECT install, 'reached' AS what, toRelativeDayNum(reached) AS number
    FROM ({reached})
    WHERE install IN (SELECT install FROM ({there}))
    UNION ALL
    SELECT install, 'outdated' AS what, toRelativeDayNum(outdated) AS number
    FROM ({older})
    WHERE install IN (SELECT install FROM ({there}))
    UNION ALL
    SELECT install, 'silent' AS what, floor(lasted / 86400) AS number
    FROM (
        SELECT install, max(moment) AS lasted
        FROM (
            SELECT install, last AS moment FROM month WHERE m < toDate($end_cut)
            UNION ALL
            SELECT install, last AS moment
            FROM sightings
            WHERE day >= toDate($end_cut) AND day <= toDate($end) AND install NOT IN ({halves})
            UNION ALL
            SELECT install, last AS moment
            FROM pair_sightings
            WHERE day >= toDate($end_cut) AND day <= toDate($end)
        )
        GROUP BY install
    )
    WHERE install IN (SELECT install FROM ({there})) AND install NOT IN (SELECT install FROM ({reached}))
)
GROUP BY what, number
