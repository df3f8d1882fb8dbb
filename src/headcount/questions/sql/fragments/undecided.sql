-- Installations that ran an older release after the end of the window, or again on or after the day on which they ran the release.
SELECT install
FROM ({lives})
WHERE ran < $release AND ended > toDate($end)
UNION ALL
SELECT install
FROM (SELECT install, ended FROM ({lives}) WHERE ran < $release) AS older_lives
JOIN ({reached}) AS reached_it USING (install)
WHERE ended >= reached
