SELECT depth, sum(weight) AS installations, sum(weight * occurrences) AS instances
FROM (
    SELECT profile, weight, depth, sum(times) AS occurrences
    FROM ({classes})
    WHERE plugin <> 'custom'
    GROUP BY profile, weight, depth
)
GROUP BY depth
ORDER BY depth
