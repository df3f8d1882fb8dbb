-- How many installations of the basis have each profile.
SELECT profile, sum({one}) AS weight
FROM ({installations})
GROUP BY profile
