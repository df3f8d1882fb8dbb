SELECT value, sum(weight) AS installations
FROM (
    SELECT weight, arrayJoin(answered) AS value
    FROM ({weights}) AS weighed
    JOIN (SELECT {distinct} profile, answered FROM profiles) AS joined USING (profile)
)
GROUP BY value
