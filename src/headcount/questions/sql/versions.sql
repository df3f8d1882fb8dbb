SELECT version, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (SELECT {distinct} profile, {column} AS version FROM profiles WHERE {column} > 0) AS joined USING (profile)
GROUP BY version
ORDER BY version DESC
