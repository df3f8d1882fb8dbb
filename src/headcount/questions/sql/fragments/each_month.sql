-- Each month of the window with those who were seen in it on a day of the window.
SELECT toStartOfMonth(day) AS period, install
FROM ({counted})
WHERE {members}
GROUP BY period, install
