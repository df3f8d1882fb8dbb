-- The first day of all installations, those included that were counted only then.
SELECT install, min(earliest) AS birth
FROM births
GROUP BY install
