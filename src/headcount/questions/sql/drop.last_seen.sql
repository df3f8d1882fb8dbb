-- When the last report came of those whose last report matches, of all that were ever of the basis.
SELECT lasted AS moment
FROM ({ever})
WHERE {among} AND profile IN (SELECT profile FROM profiles WHERE {condition})
GROUP BY moment
ORDER BY moment DESC
LIMIT 1
