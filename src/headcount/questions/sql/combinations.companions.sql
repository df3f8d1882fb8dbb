SELECT plugin, kind, sum(weight * inside) AS installations, sum(weight) AS everywhere
FROM (
    SELECT weight, inside, names[i + 1] AS plugin, kinds[i + 1] AS kind
    FROM (
        SELECT weight, inside, names, kinds, arrayJoin(range(length(names))) AS i
        FROM ({weights}) AS weighed
        JOIN (
            SELECT DISTINCT profile, names, kinds, CASE WHEN {condition} THEN 1 ELSE 0 END AS inside
            FROM profiles
            WHERE has(answered, $field)
        ) AS joined USING (profile)
    )
    WHERE kinds[i + 1] <> 'www' AND indexOf(names, names[i + 1]) = i + 1
)
GROUP BY plugin, kind
HAVING installations > 0
ORDER BY installations DESC, plugin, kind
