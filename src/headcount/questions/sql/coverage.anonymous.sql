-- As far as they match a condition, which nothing that was thrown away can.
SELECT 'anonymous' AS what, level, sender, uniqExact(profile) AS reports_of, uniqExact(came_on) AS days_of
FROM ({anonymous}) AS nameless
JOIN (SELECT {distinct} profile, level, sender FROM profiles WHERE {condition}) AS joined USING (profile)
GROUP BY level, sender
