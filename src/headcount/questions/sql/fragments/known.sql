-- Those of `answered` whose master is not newer than the vocabulary, by level.
SELECT level, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct} profile, level FROM profiles WHERE has(answered, $field) AND newer = 0
) AS joined USING (profile)
GROUP BY level
