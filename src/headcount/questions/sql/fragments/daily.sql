-- The last report of each installation in each day of the window.
SELECT day AS period, install, argMax(profile, (last, profile)) AS latest
FROM ({reported})
GROUP BY period, install
