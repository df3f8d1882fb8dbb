-- Those of `known_then` that reported again: with which profile on that day and at the end, and since when with that.
SELECT install, latest AS was, profile AS turned_to, start
FROM (SELECT install, latest FROM ({known_then}) WHERE install IN ({again})) AS known
JOIN (
    SELECT {distinct} install, profile, day AS start FROM spells WHERE day <= toDate($until) AND upto >= toDate($until)
) AS joined USING (install)
