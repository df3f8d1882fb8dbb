-- Installations of the basis whose last report answered the field, or both, by its level.
SELECT level, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct} profile, level FROM profiles WHERE has(answered, $field) AND has(answered, $also)
) AS joined USING (profile)
GROUP BY level
