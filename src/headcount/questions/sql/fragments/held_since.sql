-- The first day of which a report is held; no row while there is none.
SELECT day AS held
FROM births
GROUP BY held
ORDER BY held
LIMIT 1
