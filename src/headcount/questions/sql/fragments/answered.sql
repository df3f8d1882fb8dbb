-- Installations of the basis whose last report answered the field.
SELECT answers, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (SELECT DISTINCT profile, 1 AS answers FROM profiles WHERE has(answered, $field)) AS joined USING (profile)
GROUP BY answers
