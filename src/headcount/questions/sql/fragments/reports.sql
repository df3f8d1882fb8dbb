-- The last report of each installation in each whole month up to the end of the window, and all of a month that it cuts short.
SELECT install, profile AS state, last AS moment
FROM month
WHERE m < toDate($cut)
UNION ALL
{reports_of_cut_month}
