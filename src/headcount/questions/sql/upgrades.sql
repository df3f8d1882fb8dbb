-- Who moved was last seen under the name that they have now.
SELECT happened, number, count() AS installations
FROM (
    SELECT member, 1 AS happened, toRelativeDayNum(reached) AS number
    FROM ({reached})
    WHERE member IN (SELECT member FROM ({there}))
    UNION ALL
    SELECT member, 0 AS happened, floor(lasted / 86400) AS number
    FROM (
        SELECT member, max(moment) AS lasted
        FROM (
            SELECT install AS member, last AS moment FROM month WHERE m < toDate($end_cut)
            UNION ALL
            SELECT install AS member, last AS moment FROM sightings WHERE day >= toDate($end_cut) AND day <= toDate($end)
        )
        GROUP BY member
    )
    WHERE member IN (SELECT member FROM ({there})) AND member NOT IN (SELECT member FROM ({reached}))
)
GROUP BY happened, number
