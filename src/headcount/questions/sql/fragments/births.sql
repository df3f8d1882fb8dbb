-- The first day of each installation that was ever seen up to the end of the window.
SELECT install, min(born) AS birth
FROM life
WHERE born <= toDate($until) AND {existing}
GROUP BY install
