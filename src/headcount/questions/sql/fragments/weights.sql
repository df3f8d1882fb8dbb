-- How many installations of the basis have each profile.
SELECT profile, toInt64(sum({one})) AS weight
FROM ({installations})
GROUP BY profile
