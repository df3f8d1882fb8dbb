-- Each month of the window with those who were seen in it.
SELECT m AS period, install
FROM month
WHERE m >= toDate($since) AND m <= toDate($until) AND {members}
GROUP BY period, install
