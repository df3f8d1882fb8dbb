SELECT depth, sum(weight) AS installations, sum(weight * occurrences) AS instances
FROM (
    SELECT profile, weight, depth, sum(times) AS occurrences
    FROM ({uses})
    WHERE class > 2 AND class NOT IN ({own_fields})
    GROUP BY profile, weight, depth
)
GROUP BY depth
ORDER BY depth
