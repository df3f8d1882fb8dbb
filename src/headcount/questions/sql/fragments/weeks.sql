-- Each week of the window with those who were seen in it; but for who had moved by its end, and is counted under a secret.
SELECT period, install
FROM (
    SELECT toMonday(day) AS period, install, 0 AS gone
    FROM sightings
    WHERE day >= toDate($since) AND day <= toDate($until) AND {members}
    UNION ALL
    SELECT toMonday(moved_on) AS period, install, 1 AS gone
    FROM (SELECT install, min(day) AS moved_on, min(back) AS returned_on FROM moved GROUP BY install)
    WHERE toMonday(moved_on) < toMonday(returned_on)
)
GROUP BY period, install
HAVING max(gone) = 0
