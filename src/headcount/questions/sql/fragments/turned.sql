-- Installations of the basis at the end of the window that reported again in the year after, up to `$quarter`: with which profiles
-- before and at its end, and since when with that.
SELECT before, profile AS now_has, start, count() AS masters
FROM (
    SELECT install, before, latest AS profile
    FROM (SELECT install, profile AS before FROM ({installations})) AS states
    JOIN ({after}) AS joined USING (install)
) AS reported
JOIN (
    SELECT {distinct} install, day AS start FROM spells WHERE day <= toDate($quarter) AND upto >= toDate($quarter)
) AS begun USING (install)
GROUP BY before, profile, start
