-- Each week of the window with those who were seen in it.
SELECT toMonday(day) AS period, install
FROM ({counted})
WHERE {members}
GROUP BY period, install
