-- Profiles that came without an install id, with the days of the window on which they did.
SELECT day AS came_on, profile
FROM anonymous
WHERE day >= toDate($since) AND day <= toDate($until)
GROUP BY day, profile
