-- Those that use the same classes are counted together before their pairs are made.
SELECT plugin, beside, sum(weight) AS installations
FROM (
    SELECT weight, names[i + 1] AS plugin, names[j + 1] AS beside
    FROM (
        SELECT weight, names, kinds, i, arrayJoin(range(length(names))) AS j
        FROM (
            SELECT weight, names, kinds, arrayJoin(range(length(names))) AS i
            FROM (
                SELECT names, kinds, sum(weigh) AS weight
                FROM (
                    SELECT weight AS weigh, names, kinds
                    FROM ({weights}) AS weighed
                    JOIN (SELECT DISTINCT profile, names, kinds FROM profiles) AS joined USING (profile)
                )
                GROUP BY names, kinds
            )
        )
    )
    WHERE {among}
        AND (kinds[i + 1] = 'www' OR indexOf(names, names[i + 1]) = i + 1)
        AND (kinds[j + 1] = 'www' OR indexOf(names, names[j + 1]) = j + 1)
)
WHERE plugin <= beside
GROUP BY plugin, beside
