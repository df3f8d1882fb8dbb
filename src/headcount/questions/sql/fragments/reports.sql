-- The last report of each installation in each whole month up to the end of the window, and all of a month that it cuts short.
SELECT install, profile AS state, last AS moment
FROM month
WHERE m < toDate($cut)
UNION ALL
SELECT install, profile AS state, last AS moment
FROM sightings
WHERE day >= toDate($cut) AND day <= toDate($until) AND install NOT IN ({halves})
UNION ALL
SELECT install, profile AS state, last AS moment
FROM pair_sightings
WHERE day >= toDate($cut) AND day <= toDate($until)
