-- How many of those that use it, and of those that do not, have each value of an attribute.
SELECT truth, what, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct} profile, {truth} AS truth, {column} AS what FROM profiles WHERE has(answered, $attribute)
) AS joined USING (profile)
WHERE truth < 2
GROUP BY truth, what
