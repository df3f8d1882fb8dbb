-- How many installations of the basis have each profile.
SELECT profile, count() AS weight
FROM ({installations})
GROUP BY profile
