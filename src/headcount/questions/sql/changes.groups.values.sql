-- How many of each group, and of both, have each value of an attribute.
SELECT part, place, value, sum(weight) AS installations
FROM (
    SELECT part, weight, place, compared[place + 1] AS value
    FROM (
        SELECT part, weight, compared, arrayJoin(range({attributes})) AS place
        FROM ({groups}) AS weighed
        JOIN ({contents}) AS joined USING (profile)
    )
)
GROUP BY part, place, value
