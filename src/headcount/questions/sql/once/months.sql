-- A month holds one row of each installation.
SELECT m AS period, install
FROM month
WHERE m >= toDate($since) AND m <= toDate($until) AND {members}
