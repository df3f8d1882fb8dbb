SELECT value, began, ended, count() AS installations
FROM ({spans}) AS spanned
JOIN (SELECT {distinct} profile, {column} AS value FROM profiles WHERE {answers}) AS joined USING (profile)
GROUP BY value, began, ended
