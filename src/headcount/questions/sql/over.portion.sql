SELECT band, began, ended, count() AS installations
FROM ({spans}) AS spanned
JOIN (
    SELECT
        profile,
        CASE
            WHEN own = 0 THEN 0
            WHEN own * 10 <= whole THEN 1
            WHEN own * 4 <= whole THEN 2
            WHEN own * 2 <= whole THEN 3
            WHEN own * 4 <= whole * 3 THEN 4
            ELSE 5
        END AS band
    FROM (
        SELECT profile, sum(mine) AS own, sum(one) AS whole
        FROM (
            SELECT profile, derived * times AS mine, times AS one FROM ({uses}) WHERE class NOT IN ({own_fields})
            UNION ALL
            SELECT {distinct} profile, 0 AS mine, 0 AS one FROM profiles WHERE {believed}
        )
        GROUP BY profile
    )
    GROUP BY profile, band
) AS joined USING (profile)
GROUP BY band, began, ended
