-- The last day after the release's on which an installation ran an older one, before it ran the release or a later one.
SELECT install, max(day) AS outdated
FROM (
    SELECT install, day
    FROM (
        SELECT day, install, profile
        FROM sightings
        WHERE day > toDate($until) AND day <= toDate($end) AND install NOT IN ({halves})
        UNION ALL
        SELECT day, install, profile
        FROM pair_sightings
        WHERE day > toDate($until) AND day <= toDate($end)
    ) AS afterwards
    JOIN (SELECT DISTINCT profile FROM profiles WHERE buildbot > 0 AND buildbot < $release) AS joined USING (profile)
) AS ran_older
JOIN (
    SELECT install, min(bound) AS ends
    FROM (
        SELECT install, addDays(toDate($end), 1) AS bound FROM ({there})
        UNION ALL
        SELECT install, reached AS bound FROM ({reached})
    )
    GROUP BY install
) AS bounded USING (install)
WHERE day < ends
GROUP BY install
