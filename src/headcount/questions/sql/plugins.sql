SELECT
    plugin,
    kind,
    sum(weight) AS installations,
    sum(weight * times) AS instances,
    sum(weight * subclassed) AS customized
FROM (
    SELECT profile, weight, plugin, kind, sum(occurrences) AS times, max(derived) AS subclassed
    FROM (
        SELECT
            profile,
            weight,
            names[i + 1] AS plugin,
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
)
GROUP BY plugin, kind
ORDER BY installations DESC, plugin, kind
