-- What those of `counted` reported, and when.
SELECT day, install, profile, last
FROM sightings
WHERE day >= toDate($since) AND day <= toDate($until) AND install NOT IN ({halves})
UNION ALL
SELECT day, install, profile, last
FROM pair_sightings
WHERE day >= toDate($since) AND day <= toDate($until)
