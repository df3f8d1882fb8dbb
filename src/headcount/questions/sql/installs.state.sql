-- Everybody who was ever seen is alive, set apart or lapsed.
SELECT state, sum(one) AS installations
FROM (
    SELECT 'alive' AS state, {one} AS one FROM ({alive})
    UNION ALL
    SELECT 'confirmed' AS state, {one} AS one FROM ({confirmed})
    UNION ALL
    SELECT 'new' AS state, {one} AS one FROM ({births}) WHERE birth >= toDate($recent) AND install NOT IN ({apart})
    UNION ALL
    SELECT 'set apart' AS state, {one} AS one FROM ({seen}) WHERE install IN ({apart})
    UNION ALL
    SELECT 'lapsed' AS state, {one} AS one FROM ({ever}) WHERE install NOT IN (SELECT install FROM ({seen}))
)
GROUP BY state
