-- The last report of each installation in each month of the window.
SELECT m AS period, install, argMax(profile, (last, profile)) AS latest
FROM month
WHERE m >= toDate($since) AND m <= toDate($until)
GROUP BY m, install
