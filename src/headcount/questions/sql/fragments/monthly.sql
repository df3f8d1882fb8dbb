-- The last report of each installation in each month of the window; but for who had moved by its end.
SELECT m AS period, install, argMax(profile, (last, profile)) AS latest
FROM month
WHERE m >= toDate($since) AND m <= toDate($until) AND install NOT IN ({superseded})
GROUP BY m, install
