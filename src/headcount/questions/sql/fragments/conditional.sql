-- How many of the basis have each profile: 1 those that match, 2 those they are compared with, 3 who are both.
SELECT profile, part, weight
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct}
        profile,
        CASE WHEN ({condition}) AND ({compared}) THEN 3 WHEN {condition} THEN 1 WHEN {compared} THEN 2 ELSE 0 END AS part
    FROM profiles
) AS joined USING (profile)
WHERE part > 0
