-- Each month of the window with those who were seen in it.
SELECT DISTINCT m AS period, install
FROM month
WHERE m >= toDate($since) AND m <= toDate($until) AND {members}
