-- Of whom the condition is true: those who answered all that it names, and the others.
SELECT part, number, sum(n) AS installations
FROM (
    SELECT part, number, sum(weight) AS n
    FROM ({weights}) AS weighed
    JOIN (
        SELECT DISTINCT
            profile,
            CASE WHEN NOT ({condition}) THEN 'others' WHEN {answers_condition} THEN 'uses' ELSE 'partly' END AS part,
            buildbot AS number
        FROM profiles
        WHERE ({answers_condition}) OR ({condition})
    ) AS joined USING (profile)
    GROUP BY part, number
    UNION ALL
    SELECT 'ever' AS part, floor(lasted / 86400) AS number, toInt64(count()) AS n
    FROM ({ever})
    WHERE $ever = 1 AND profile IN (SELECT profile FROM profiles WHERE {condition})
    GROUP BY part, number
)
GROUP BY part, number
