-- Installations of the basis whose last report is of those that are looked at, by its level.
SELECT level, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (SELECT {distinct} profile, level FROM profiles WHERE {believed}) AS joined USING (profile)
GROUP BY level
