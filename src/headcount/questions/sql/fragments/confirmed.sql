-- Those of `seen` that were seen on two different days of their life, and are not set apart at the end of the window.
SELECT install, latest AS profile
FROM (
    SELECT install, argMax(profile, (last, profile)) AS latest
    FROM sightings
    WHERE day >= toDate($since) AND day <= toDate($until) AND install NOT IN ({superseded})
        AND install IN (SELECT install FROM births WHERE second <= toDate($until))
        AND install NOT IN (SELECT install FROM quarantine WHERE released > toDate($until))
    GROUP BY install
)
