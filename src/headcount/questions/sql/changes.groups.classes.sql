-- How many of each group use each class, by what they were asked.
SELECT part, plugin, of_kind AS kind, asked, installations
FROM (
    SELECT part, class, asked, sum(weight) AS installations
    FROM (
        SELECT part, asked, weight, arrayJoin(arrayDistinct(compared)) AS class
        FROM ({groups}) AS weighed
        JOIN ({contents}) AS joined USING (profile)
    )
    WHERE part < 3
    GROUP BY part, class, asked
) AS counted
JOIN ({named}) AS joined USING (class)
