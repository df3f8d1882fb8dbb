-- How many those are, by the level of their last report in the window.
SELECT level, count() AS installations
FROM (SELECT member, latest AS profile FROM ({there})) AS present
JOIN (SELECT DISTINCT profile, level FROM profiles) AS joined USING (profile)
GROUP BY level
