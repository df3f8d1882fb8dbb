-- Installations seen in the window, each with the profile and the time of its last report in it, as far as they match.
SELECT install, latest AS profile, lasted
FROM (
    SELECT install, argMax(state, (moment, state)) AS latest, max(moment) AS lasted
    FROM ({reports_of_window})
    WHERE moment >= $moment
    GROUP BY install
)
WHERE {matching}
