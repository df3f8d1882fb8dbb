-- Of how many of the basis the condition is true, false or not known.
SELECT judged, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct} profile, CASE WHEN {condition} THEN 'true' WHEN {denied} THEN 'false' ELSE 'not known' END AS judged
    FROM profiles
) AS joined USING (profile)
GROUP BY judged
