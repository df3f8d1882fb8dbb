-- Those that use a class which is not said, by how many instances they have of all such classes of a kind.
SELECT 'rare' AS plugin, of_kind AS kind, band, sum(weight) AS installations
FROM (
    SELECT of_kind, weight, {band} AS band
    FROM (
        SELECT profile, weight, of_kind, sum(occurrences) AS times
        FROM (SELECT profile, weight, class, times AS occurrences FROM ({uses})) AS used
        JOIN ({named}) AS joined USING (class)
        WHERE ({scope}) AND plugin NOT IN ({said})
        GROUP BY profile, weight, of_kind
    )
)
GROUP BY of_kind, band
