-- Installations seen in the window, each with the profile of its last report in it.
SELECT install, latest AS profile
FROM (
    SELECT install, argMax(profile, (last, profile)) AS latest
    FROM sightings
    WHERE day >= toDate($since) AND day <= toDate($until) AND install NOT IN ({superseded})
    GROUP BY install
)
