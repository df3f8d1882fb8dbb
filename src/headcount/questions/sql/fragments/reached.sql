-- The first day on which an installation ran the release or a later one.
SELECT install, min(day) AS reached
FROM first
WHERE release >= $release AND day <= toDate($end)
GROUP BY install
