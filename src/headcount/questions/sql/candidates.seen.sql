-- The last day of each class in the reports up to the end of the window, of those that are confirmed, alive or not.
SELECT plugin, of_kind AS kind, last_day
FROM (
    SELECT class, max(told_on) AS last_day
    FROM (
        SELECT told_on, arrayJoin(classes) AS class
        FROM (
            SELECT profile, max(day) AS told_on
            FROM (
                SELECT profile, day, install
                FROM sightings
                WHERE day <= toDate($until) AND install NOT IN ({halves})
                UNION ALL
                SELECT profile, day, install
                FROM pair_sightings
                WHERE day <= toDate($until)
            )
            WHERE {twice}
            GROUP BY profile
        ) AS told
        JOIN (SELECT {distinct} profile, classes FROM profiles) AS joined USING (profile)
    )
    GROUP BY class
) AS used
JOIN ({named}) AS joined USING (class)
ORDER BY plugin, kind
