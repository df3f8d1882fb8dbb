-- Of the same masters: how many have a class on one day, by whether they have it on the other, and by what they were asked on both.
-- `turns` counts those once that turned from one profile to another on one day. The entries of a class stand together.
SELECT plugin, of_kind AS kind, asked_then, asked_now, other, masters, turns
FROM (
    SELECT class, asked_then, asked_now, other, sum(many) AS masters, count() AS turns
    FROM (
        SELECT
            class,
            asked_then,
            asked_now,
            many,
            CASE WHEN same = 1 THEN 1 WHEN has({elsewhere}, class) THEN 1 ELSE 0 END AS other
        FROM (
            SELECT
                asked_then,
                asked_now,
                many,
                same,
                {elsewhere},
                {here}[i + 1] AS class,
                CASE WHEN i > 0 AND {here}[i] = {here}[i + 1] THEN 0 ELSE 1 END AS leads
            FROM (
                SELECT asked_then, asked_now, many, same, those, these, arrayJoin(range(length({here}))) AS i
                FROM (
                    SELECT
                        asked_then, asked_now, many, those, these, CASE WHEN those = these THEN 1 ELSE 0 END AS same
                    FROM ({turns})
                )
            )
        )
        WHERE leads = 1
    )
    GROUP BY class, asked_then, asked_now, other
) AS counted
JOIN ({named}) AS joined USING (class)
