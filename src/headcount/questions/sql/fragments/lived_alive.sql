-- From when to when each installation was alive with which profile as its last, and not set apart, as far as the profile matches.
SELECT install, latest, begun, through
FROM (
    SELECT {distinct} install, profile AS latest, day AS begun, upto AS through
    FROM spells
    WHERE day <= toDate($until) AND upto >= toDate($since) AND install NOT IN (SELECT install FROM quarantine)
    UNION ALL
    SELECT install, latest, CASE WHEN freed > reported THEN freed ELSE reported END AS begun, through
    FROM (
        SELECT {distinct} install, profile AS latest, day AS reported, upto AS through
        FROM spells
        WHERE day <= toDate($until) AND upto >= toDate($since) AND install IN (SELECT install FROM quarantine)
    ) AS apart
    JOIN (SELECT install, max(released) AS freed FROM quarantine GROUP BY install) AS joined USING (install)
)
WHERE {matching}
