-- Each entry of the classes of a profile whose master is not newer than the vocabulary.
SELECT
    profile,
    weight,
    names[i + 1] AS plugin,
    kinds[i + 1] AS kind,
    depths[i + 1] AS depth,
    counts[i + 1] AS times,
    CASE WHEN depths[i + 1] > 0 OR names[i + 1] = 'custom' THEN 1 ELSE 0 END AS derived
FROM (
    SELECT profile, weight, names, kinds, depths, counts, arrayJoin(range(length(names))) AS i
    FROM ({weights}) AS weighed
    JOIN (
        SELECT DISTINCT profile, names, kinds, depths, counts FROM profiles WHERE has(answered, $field) AND newer = 0
    ) AS joined USING (profile)
)
WHERE kinds[i + 1] <> 'www'
