-- What came without an install id, by level and sender, and what was thrown away, by kind: how many different ones, on how
-- many days.
SELECT what, said_level, said_sender, uniqExact(identity) AS reports_of, uniqExact(came_on) AS days_of
FROM (
    SELECT 'anonymous' AS what, said_level, said_sender, profile AS identity, came_on
    FROM ({anonymous}) AS nameless
    JOIN (SELECT {distinct} profile, level AS said_level, sender AS said_sender FROM profiles) AS joined USING (profile)
    UNION ALL
    SELECT kind AS what, '' AS said_level, '' AS said_sender, body AS identity, day AS came_on
    FROM drops
    WHERE day >= toDate($since) AND day <= toDate($until)
)
GROUP BY what, said_level, said_sender
