-- How many installations have so many of each kind; who has none is in no row.
SELECT of_kind, size, sum(weight) AS installations
FROM (
    SELECT profile, weight, of_kind, sum(occurrences) AS size
    FROM (SELECT profile, weight, class, times AS occurrences FROM ({uses})) AS used
    JOIN ({named}) AS joined USING (class)
    WHERE of_kind IN ('worker', 'builder', 'step')
    GROUP BY profile, weight, of_kind
)
GROUP BY of_kind, size
