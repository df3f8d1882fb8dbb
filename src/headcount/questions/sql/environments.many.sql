-- An installation has each of its values once.
SELECT value, sum(weight) AS installations
FROM (
    SELECT weight, arrayJoin(arrayDistinct(those)) AS value
    FROM ({weights}) AS weighed
    JOIN (SELECT {distinct} profile, {column} AS those FROM profiles) AS joined USING (profile)
)
GROUP BY value
ORDER BY installations DESC, value
