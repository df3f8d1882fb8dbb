-- Those of `answered` who were asked for all: what only full reports of our reporter count, no other can answer.
SELECT level, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct} profile, level
    FROM profiles
    WHERE has(answered, $field) AND sender = 'headcount' AND level <> 'basic'
) AS joined USING (profile)
GROUP BY level
