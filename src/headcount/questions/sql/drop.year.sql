-- Of the installations of a year before that reported again since: whether the condition held of them, and holds at its end.
-- `turns` counts those once that turned from one profile to another on one day.
SELECT was, truth, sum(many) AS installations, count() AS turns
FROM (
    SELECT next AS profile, was, many
    FROM (
        SELECT next, was, many
        FROM (SELECT before AS profile, now_has AS next, start, masters AS many FROM ({turned})) AS pairs
        JOIN (SELECT {distinct} profile, {truth} AS was FROM profiles) AS joined USING (profile)
    )
) AS halves
JOIN (SELECT {distinct} profile, {truth} AS truth FROM profiles) AS judged USING (profile)
GROUP BY was, truth
