-- The first day of each installation that was ever seen up to the end of the window.
SELECT install, min(day) AS born
FROM first
WHERE day <= toDate($until)
GROUP BY install
