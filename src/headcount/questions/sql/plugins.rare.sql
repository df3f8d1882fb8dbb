-- Those that use a class which is not said, whichever it is: once for a kind.
SELECT 'rare' AS plugin, of_kind AS kind, sum(weight) AS installations, sum(weight * times) AS instances,
    sum(weight * customizes) AS customized
FROM (
    SELECT profile, weight, of_kind, sum(occurrences) AS times, max(own) AS customizes
    FROM (SELECT profile, weight, class, times AS occurrences, customizes AS own FROM ({uses})) AS used
    JOIN ({named}) AS joined USING (class)
    WHERE ({scope}) AND plugin NOT IN ({said})
    GROUP BY profile, weight, of_kind
)
GROUP BY of_kind
