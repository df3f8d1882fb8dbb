-- The turns from one profile to another on one day, or to none: how many of the same masters made each; and what of both profiles
-- is compared.
SELECT many, asked_then, those, asked AS asked_now, compared AS these
FROM (
    SELECT turned_to AS profile, many, asked_then, those
    FROM (
        SELECT turned_to, many, asked AS asked_then, compared AS those
        FROM (
            SELECT was AS profile, turned_to, count() AS many
            FROM ({same_masters})
            WHERE {whose}
            GROUP BY was, turned_to, start
        ) AS grouped
        JOIN ({contents}) AS joined USING (profile)
    )
) AS half
JOIN ({contents}) AS judged USING (profile)
