-- What of that a window can hold, of its whole months the last one of each installation: so each shard sends no more than that.
SELECT install, argMax(profile, (last, profile)) AS state, max(last) AS moment
FROM month
WHERE m >= toStartOfMonth(toDate($since)) AND m < toDate($cut)
GROUP BY install
UNION ALL
{reports_of_cut_month}
