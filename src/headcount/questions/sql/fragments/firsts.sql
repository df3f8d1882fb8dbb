-- The first day of all installations.
SELECT install, min(earliest) AS birth
FROM births
GROUP BY install
