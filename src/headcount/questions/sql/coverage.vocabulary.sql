SELECT value, sum(weight) AS installations, sum(weight * behind) AS newer_of
FROM ({weights}) AS weighed
JOIN (SELECT {distinct} profile, vocabulary AS value, newer AS behind FROM profiles) AS joined USING (profile)
GROUP BY value
ORDER BY installations DESC, value
