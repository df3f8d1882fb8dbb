-- Days on which an installation ran an older release than the one asked of: the last of each release, and where that does not tell
-- which was the last before it ran the release or a later one, or before the end, all of them.
SELECT install, ended AS outdated
FROM ({lives})
WHERE ran < $release AND ended <= toDate($end)
UNION ALL
SELECT install, day AS outdated
FROM (
    SELECT day, install, profile
    FROM sightings
    WHERE day > toDate($until) AND day <= toDate($end) AND install IN ({undecided}) AND install NOT IN ({halves})
    UNION ALL
    SELECT day, install, profile
    FROM pair_sightings
    WHERE day > toDate($until) AND day <= toDate($end) AND install IN ({undecided})
) AS afterwards
JOIN (SELECT {distinct} profile FROM profiles WHERE buildbot > 0 AND buildbot < $release) AS joined USING (profile)
