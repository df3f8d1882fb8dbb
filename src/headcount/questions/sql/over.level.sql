SELECT level, began, ended, count() AS installations
FROM ({spans}) AS spanned
JOIN (SELECT DISTINCT profile, level FROM profiles WHERE {answers}) AS joined USING (profile)
GROUP BY level, began, ended
