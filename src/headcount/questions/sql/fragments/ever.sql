-- Installations ever seen up to the end of the window, each with the profile of its last report, as far as they match.
SELECT install, latest AS profile
FROM (
    SELECT install, argMax(state, (moment, state)) AS latest
    FROM ({reports})
    GROUP BY install
)
WHERE {matching}
