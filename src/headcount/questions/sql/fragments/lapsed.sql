-- How many have each profile as their last: 1 those that lapsed in the last year, 2 those that are alive.
SELECT latest AS profile, part, count() AS weight
FROM (
    SELECT install, latest, CASE WHEN ended >= toDate($until) THEN 2 ELSE 1 END AS part
    FROM (
        SELECT install, argMax(profile, (day, profile)) AS latest, max(upto) AS ended
        FROM spells
        WHERE day <= toDate($until)
        GROUP BY install
    )
    WHERE ended >= addDays(toDate($until), -365) AND {among} AND {matching}
)
GROUP BY latest, part
