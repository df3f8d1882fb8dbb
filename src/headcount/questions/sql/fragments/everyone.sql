-- All installations of the basis, by the level of their last report.
SELECT level, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (SELECT {distinct} profile, level FROM profiles) AS joined USING (profile)
GROUP BY level
