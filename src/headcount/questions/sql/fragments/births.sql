-- The first day of each installation that was ever seen up to the end of the window, and is counted at its end.
SELECT install, min(earliest) AS birth
FROM births
WHERE day <= toDate($until) AND install NOT IN ({superseded}) AND {existing}
GROUP BY install
