-- How many of each group use each class, by what they were asked. The entries of a class stand together.
SELECT part, plugin, of_kind AS kind, asked, installations
FROM (
    SELECT part, class, asked, sum(weight) AS installations
    FROM (
        SELECT
            part,
            asked,
            weight,
            compared[i + 1] AS class,
            CASE WHEN i > 0 AND compared[i] = compared[i + 1] THEN 0 ELSE 1 END AS leads
        FROM (
            SELECT part, asked, weight, compared, arrayJoin(range(length(compared))) AS i
            FROM ({groups}) AS weighed
            JOIN ({contents}) AS joined USING (profile)
        )
    )
    WHERE part < 3 AND leads = 1
    GROUP BY part, class, asked
) AS counted
JOIN ({named}) AS joined USING (class)
