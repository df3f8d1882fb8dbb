-- How many installations of whom the condition is true have each profile.
SELECT profile, weight
FROM ({weights}) AS weighed
WHERE profile IN (SELECT profile FROM profiles WHERE {condition})
