-- How many installations of the basis have each profile.
SELECT profile, {weighed} AS weight
FROM ({installations})
GROUP BY profile
