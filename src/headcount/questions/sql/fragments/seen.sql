-- Installations seen in the window, each with the profile of its last report in it, as far as they match.
SELECT install, latest AS profile
FROM (
    SELECT install, argMax(state, (moment, state)) AS latest
    FROM ({reports})
    WHERE moment >= $moment
    GROUP BY install
)
WHERE {matching}
