-- Of how many installations which parts of the condition are true: part n adds the n-th power of two to `mask`.
SELECT mask, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (SELECT {distinct} profile, {masked} AS mask FROM profiles) AS joined USING (profile)
WHERE mask > 0
GROUP BY mask
