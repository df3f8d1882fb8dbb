-- The first day on which an installation ran the release or a later one.
SELECT install, min(began) AS reached
FROM ({lives})
WHERE ran >= $release AND began <= toDate($end)
GROUP BY install
