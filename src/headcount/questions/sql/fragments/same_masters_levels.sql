-- The same by the level of their last report.
SELECT level, sum(many) AS installations
FROM (SELECT turned_to AS profile, count() AS many FROM ({same_masters}) GROUP BY turned_to) AS weighed
JOIN (SELECT {distinct} profile, level FROM profiles) AS joined USING (profile)
GROUP BY level
