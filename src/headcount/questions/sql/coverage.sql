SELECT value, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (SELECT {distinct} profile, {column} AS value FROM profiles) AS joined USING (profile)
GROUP BY value
ORDER BY installations DESC, value
