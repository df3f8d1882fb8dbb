-- The first day of all installations, those included that were counted only then.
SELECT install, min(earliest) AS born
FROM births
GROUP BY install
