-- The last report of each installation in the months after `$until`, up to `$quarter`, the end of a month.
SELECT install, argMax(profile, (last, profile)) AS latest
FROM month
WHERE m > toDate($until) AND m <= toDate($quarter)
GROUP BY install
