-- All reports of the month that the end of the window cuts short.
SELECT install, profile AS state, last AS moment
FROM sightings
WHERE day >= toDate($cut) AND day <= toDate($until) AND install NOT IN ({halves})
UNION ALL
SELECT install, profile AS state, last AS moment
FROM pair_sightings
WHERE day >= toDate($cut) AND day <= toDate($until)
