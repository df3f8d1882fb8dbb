-- Who was seen on which day of the window: the two pseudonyms of a pair are one installation.
SELECT day, install
FROM sightings
WHERE day >= toDate($since) AND day <= toDate($until) AND install NOT IN ({halves})
UNION ALL
SELECT day, install
FROM pair_sightings
WHERE day >= toDate($since) AND day <= toDate($until)
