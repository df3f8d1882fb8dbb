-- Installations of the basis that had said their release of Buildbot by the end of the window, under the names that they have
-- at the end of all that is asked, each with its last profile in the window.
SELECT member, argMax(state, (moment, state)) AS latest
FROM (
    SELECT install AS member, profile AS state, lasted AS moment
    FROM ({installations})
    WHERE {said} AND install NOT IN (SELECT predecessor FROM ({heirs}))
    UNION ALL
    SELECT successor AS member, state, moment
    FROM (
        SELECT install AS predecessor, profile AS state, lasted AS moment FROM ({installations}) WHERE {said}
    ) AS before
    JOIN ({heirs}) AS joined USING (predecessor)
)
GROUP BY member
