-- Those of two groups by the level of their last report.
SELECT level, sum(weight) AS installations
FROM ({groups}) AS weighed
JOIN (SELECT {distinct} profile, level FROM profiles) AS joined USING (profile)
WHERE part < 3
GROUP BY level
