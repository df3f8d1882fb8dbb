-- The last report of each installation in each week of the window.
SELECT toMonday(day) AS period, install, argMax(profile, (last, profile)) AS latest
FROM ({reported})
GROUP BY period, install
