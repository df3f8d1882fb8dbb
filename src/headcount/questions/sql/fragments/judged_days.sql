-- Each day or week of the window with those seen in it of whom the condition is true, by the last report in it: that is their
-- state at its end.
SELECT period, install, birth
FROM (SELECT {period_of} AS period, install FROM ({counted}) GROUP BY period, install) AS seen_then
JOIN (
    SELECT {distinct} install, started, lasted_until, birth
    FROM ({true_spells}) AS held
    JOIN ({firsts}) AS joined USING (install)
) AS joined USING (install)
WHERE started <= {period_end} AND (lasted_until >= {period_end} OR lasted_until >= toDate($until))
