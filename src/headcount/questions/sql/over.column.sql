SELECT value, began, ended, count() AS installations
FROM ({spans}) AS spanned
JOIN (SELECT DISTINCT profile, {column} AS value FROM profiles WHERE {answers}) AS joined USING (profile)
GROUP BY value, began, ended
