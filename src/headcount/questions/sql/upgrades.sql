SELECT happened, number, count() AS installations
FROM (
    SELECT member, 1 AS happened, toRelativeDayNum(reached) AS number
    FROM ({reached})
    WHERE member IN (SELECT member FROM ({there}))
    UNION ALL
    SELECT member, 0 AS happened, floor(lasted / 86400) AS number
    FROM (
        SELECT member, max(moment) AS lasted
        FROM (
            SELECT name AS member, moment FROM ({lasting})
            UNION ALL
            SELECT successor AS member, moment
            FROM (SELECT name AS predecessor, moment FROM ({lasting})) AS before
            JOIN ({heirs}) AS joined USING (predecessor)
        )
        GROUP BY member
    )
    WHERE member IN (SELECT member FROM ({there})) AND member NOT IN (SELECT member FROM ({reached}))
)
GROUP BY happened, number
