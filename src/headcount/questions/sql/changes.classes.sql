-- Of the same masters: how many have a class on one day, by whether they have it on the other, and by what they were asked on both.
-- `turns` counts those once that turned from one profile to another on one day.
SELECT plugin, of_kind AS kind, asked_then, asked_now, other, masters, turns
FROM (
    SELECT class, asked_then, asked_now, other, sum(many) AS masters, count() AS turns
    FROM (
        SELECT class, asked_then, asked_now, many, CASE WHEN has({elsewhere}, class) THEN 1 ELSE 0 END AS other
        FROM (SELECT asked_then, asked_now, many, {elsewhere}, arrayJoin(arrayDistinct({here})) AS class FROM ({turns}))
    )
    GROUP BY class, asked_then, asked_now, other
) AS counted
JOIN ({named}) AS joined USING (class)
