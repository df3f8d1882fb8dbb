-- Of that what is from the second day on which the installation was ever seen on.
SELECT install, latest, confirmed_then AS begun, through
FROM (
    SELECT install, latest, CASE WHEN twice_seen > begun THEN twice_seen ELSE begun END AS confirmed_then, through
    FROM ({lived_alive}) AS living
    JOIN (SELECT install, min(second) AS twice_seen FROM births GROUP BY install) AS joined USING (install)
)
