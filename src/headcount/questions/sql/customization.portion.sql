SELECT own, every, sum(weight) AS installations
FROM (
    SELECT profile, weight, sum(mine) AS own, sum(one) AS every
    FROM (
        SELECT profile, weight, derived * times AS mine, times AS one FROM ({uses}) WHERE class NOT IN ({own_fields})
        UNION ALL
        SELECT profile, weight, nothing AS mine, nothing AS one
        FROM ({weights}) AS weighed
        JOIN (SELECT {distinct} profile, 0 AS nothing FROM profiles WHERE {believed}) AS joined USING (profile)
    )
    GROUP BY profile, weight
)
GROUP BY own, every
