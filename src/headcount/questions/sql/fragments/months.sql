-- Each month of the window with those who were seen in it; but for who had moved by its end, and is counted under a secret.
SELECT period, install
FROM (
    SELECT m AS period, install, 0 AS gone
    FROM month
    WHERE m >= toDate($since) AND m <= toDate($until) AND {members}
    UNION ALL
    SELECT toStartOfMonth(moved_on) AS period, install, 1 AS gone
    FROM (SELECT install, min(day) AS moved_on, min(back) AS returned_on FROM moved GROUP BY install)
    WHERE toStartOfMonth(moved_on) < toStartOfMonth(returned_on)
)
GROUP BY period, install
HAVING max(gone) = 0
