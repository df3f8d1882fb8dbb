-- Each day of the window with those who were seen in it.
SELECT DISTINCT day AS period, install
FROM sightings
WHERE day >= toDate($since) AND day <= toDate($until) AND {members}
