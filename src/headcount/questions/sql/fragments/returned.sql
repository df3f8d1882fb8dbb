-- With which profiles those at the end of the window that reported again in the year after did, before and at its end.
SELECT before, now_has, {weighed} AS masters
FROM (
    SELECT install, before, latest AS now_has
    FROM (SELECT install, profile AS before FROM ({installations})) AS states
    JOIN ({after}) AS joined USING (install)
) AS again
GROUP BY before, now_has
