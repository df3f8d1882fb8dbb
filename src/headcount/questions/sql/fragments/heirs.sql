-- Those of `superseded`, at the end of all that is asked, each with the name under which the same installation goes on.
SELECT install AS predecessor, argMin(heir, (day, heir)) AS successor
FROM moved
WHERE day <= toDate($end)
GROUP BY install
HAVING min(back) > toDate($end)
