-- Installations ever seen up to the end of the window, each with the profile and the time of its last report, as far as they
-- match.
SELECT install, latest AS profile, lasted
FROM (
    SELECT install, argMax(state, (moment, state)) AS latest, max(moment) AS lasted
    FROM ({reports})
    GROUP BY install
)
WHERE {matching}
