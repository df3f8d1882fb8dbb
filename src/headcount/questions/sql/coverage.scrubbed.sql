SELECT value, sum(weight) AS installations, sum(weight * n) AS scrubs_of
FROM (
    SELECT weight, scrubbed[i + 1] AS value, scrubs[i + 1] AS n
    FROM (
        SELECT weight, scrubbed, scrubs, arrayJoin(range(length(scrubbed))) AS i
        FROM ({weights}) AS weighed
        JOIN (SELECT {distinct} profile, scrubbed, scrubs FROM profiles) AS joined USING (profile)
    )
)
GROUP BY value
ORDER BY installations DESC, value
