-- Installations of the basis whose last report answered all that the condition names, by its level.
SELECT level, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (SELECT {distinct} profile, level FROM profiles WHERE {answers_condition}) AS joined USING (profile)
GROUP BY level
