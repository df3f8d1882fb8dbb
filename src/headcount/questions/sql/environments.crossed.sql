SELECT value, beside, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct} profile, {column} AS value, {other} AS beside FROM profiles WHERE {column} <> '' AND {other} <> ''
) AS joined USING (profile)
GROUP BY value, beside
ORDER BY installations DESC, value, beside
