SELECT used, began, ended, sum(weight) AS installations
FROM (
    SELECT began, ended, weight, arrayJoin(arrayDistinct(classes)) AS used
    FROM (SELECT profile, began, ended, toInt64(count()) AS weight FROM ({spans}) GROUP BY profile, began, ended) AS weighed
    JOIN (SELECT {distinct} profile, classes FROM profiles WHERE {answers}) AS joined USING (profile)
)
GROUP BY used, began, ended
