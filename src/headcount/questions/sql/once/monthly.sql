-- A month holds one row of each installation.
SELECT m AS period, install, profile AS latest
FROM month
WHERE m >= toDate($since) AND m <= toDate($until)
