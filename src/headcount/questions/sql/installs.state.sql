SELECT state, sum(one) AS installations
FROM (
    SELECT 'alive' AS state, {one} AS one FROM ({seen})
    UNION ALL
    SELECT 'confirmed' AS state, {one} AS one FROM ({confirmed})
    UNION ALL
    SELECT 'new' AS state, {one} AS one FROM ({births}) WHERE birth >= toDate($recent)
    UNION ALL
    SELECT 'lapsed' AS state, {one} AS one FROM ({ever}) WHERE install NOT IN (SELECT install FROM ({seen}))
)
GROUP BY state
