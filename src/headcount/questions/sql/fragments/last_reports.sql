-- When each installation reported last, up to the end of the answer's window.
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
