SELECT {names}, sum(weight) AS installations, sum(weight * having_it) AS of_builders
FROM (
    SELECT profile, weight, {names}, sum(made) AS having_it
    FROM (
        SELECT DISTINCT profile, weight, j, made, {grams}
        FROM (SELECT profile, weight, j, steps, made, arrayJoin(range(length(steps))) AS k FROM ({sequences}))
        WHERE k + {length} <= length(steps)
    )
    GROUP BY profile, weight, {names}
)
GROUP BY {names}
