-- Who was seen in each period, as far as the condition is true of the last report in it.
SELECT period, sum(one) AS installations, sum(is_new) AS fresh
FROM (
    SELECT period, {one} AS one, CASE WHEN {start} = period THEN {one} ELSE 0 END AS is_new FROM ({judged_periods})
    UNION ALL
    SELECT period, 0 AS one, 0 AS is_new FROM ({calendar})
)
GROUP BY period
ORDER BY period
