-- Those of `seen` that were seen on two different days of their life.
SELECT install, latest AS profile
FROM (
    SELECT install, argMax(profile, (last, profile)) AS latest
    FROM sightings
    WHERE day >= toDate($since) AND day <= toDate($until)
        AND install IN (
            SELECT install FROM sightings WHERE day <= toDate($until) GROUP BY install HAVING uniqExact(day) >= 2
        )
    GROUP BY install
)
