-- Which plugins each profile uses, how many instances of each, and whether one of them is a subclass of its own.
SELECT profile, weight, plugin, kind, sum(occurrences) AS times, max(derived) AS subclassed
FROM (
    SELECT
        profile,
        weight,
        {plugin} AS plugin,
        kinds[i + 1] AS kind,
        counts[i + 1] AS occurrences,
        CASE WHEN depths[i + 1] > 0 OR names[i + 1] = 'custom' THEN 1 ELSE 0 END AS derived
    FROM (
        SELECT profile, weight, names, kinds, counts, depths, arrayJoin(range(length(names))) AS i
        FROM ({weights}) AS weighed
        JOIN (SELECT DISTINCT profile, names, kinds, counts, depths FROM profiles) AS joined USING (profile)
    )
)
WHERE kind = $kind
    OR ($kind = 'all' AND kind NOT IN ('www', 'secrets provider', 'authentication', 'report generator', 'machine'))
GROUP BY profile, weight, plugin, kind
