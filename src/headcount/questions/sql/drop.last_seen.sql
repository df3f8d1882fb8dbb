-- When the last report came of those whose last report matches.
SELECT lasted AS moment
FROM ({ever})
WHERE profile IN (SELECT profile FROM profiles WHERE {condition})
GROUP BY moment
ORDER BY moment DESC
LIMIT 1
