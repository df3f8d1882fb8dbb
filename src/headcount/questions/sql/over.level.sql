SELECT level, began, ended, count() AS installations
FROM ({spans}) AS spanned
JOIN (SELECT {distinct} profile, level FROM profiles WHERE {answers}) AS joined USING (profile)
GROUP BY level, began, ended
