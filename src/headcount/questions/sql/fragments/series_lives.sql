-- On which series of Buildbot an installation was, and since when.
SELECT install, series, min(began) AS since_then
FROM (SELECT install, toInt64(floor(ran / 1000)) AS series, began FROM ({lives}) WHERE began <= toDate($until))
GROUP BY install, series
