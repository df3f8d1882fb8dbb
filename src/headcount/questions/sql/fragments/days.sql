-- Each day of the window with those who were seen in it.
SELECT day AS period, install
FROM ({counted})
WHERE {members}
GROUP BY period, install
