-- The newcomers of each day with a flood, and who of them is still set apart at the end of the window.
SELECT period, sum(one) AS installations, sum(still) AS apart_of, max(believed) AS bound_of
FROM (
    SELECT came AS period, install, 1 AS one, CASE WHEN max(released) > toDate($until) THEN 1 ELSE 0 END AS still
    FROM quarantine
    WHERE came >= toDate($since) AND came <= toDate($until) AND install IN (SELECT install FROM ({ever}))
    GROUP BY came, install
) AS apart
JOIN (SELECT day AS period, max(bound) AS believed FROM floods GROUP BY day) AS joined USING (period)
GROUP BY period
ORDER BY period
