-- How many those are, by the level of their last report in the window.
SELECT level, count() AS installations
FROM ({there}) AS present
JOIN (SELECT {distinct} profile, level FROM profiles) AS joined USING (profile)
GROUP BY level
