-- Of the installations at the end of the window that reported again in the year after, up to `$quarter`: whether the condition
-- held of them, and whether it holds at the quarter's end.
SELECT was, truth, sum(many) AS installations
FROM (
    SELECT next AS profile, was, many
    FROM (
        SELECT next, was, many
        FROM (SELECT before AS profile, now_has AS next, masters AS many FROM ({returned})) AS pairs
        JOIN (SELECT {distinct} profile, {truth} AS was FROM profiles) AS joined USING (profile)
    )
) AS halves
JOIN (SELECT {distinct} profile, {truth} AS truth FROM profiles) AS judged USING (profile)
GROUP BY was, truth
