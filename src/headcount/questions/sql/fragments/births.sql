-- The first day of each installation that was ever seen up to the end of the window.
SELECT install, min(earliest) AS birth
FROM births
WHERE day <= toDate($until) AND {existing}
GROUP BY install
