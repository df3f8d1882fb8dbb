-- Which classes each profile uses: a row for each entry. `uses` and `customizes` are 1 once for a class, at the first of its
-- entries and at the first that is a subclass, since those of a class stand together, by depth; `alone` is
-- 1 where there is one entry, `ends` at the last, which is the deepest. Numbers up to 2 and from 65534 on are those of `custom`, of which all are.
SELECT
    profile,
    weight,
    classes[i + 1] AS class,
    depths[i + 1] AS depth,
    counts[i + 1] AS times,
    CASE WHEN depths[i + 1] > 0 OR classes[i + 1] <= 2 OR classes[i + 1] >= 65534 THEN 1 ELSE 0 END AS derived,
    CASE WHEN i > 0 AND classes[i] = classes[i + 1] THEN 0 ELSE 1 END AS uses,
    CASE
        WHEN depths[i + 1] = 0 AND classes[i + 1] > 2 AND classes[i + 1] < 65534 THEN 0
        WHEN i > 0 AND classes[i] = classes[i + 1] AND (depths[i] > 0 OR classes[i] <= 2 OR classes[i] >= 65534) THEN 0
        ELSE 1
    END AS customizes,
    CASE WHEN i > 0 AND classes[i] = classes[i + 1] THEN 0 WHEN classes[i + 1] = classes[i + 2] THEN 0 ELSE 1 END AS alone,
    CASE WHEN classes[i + 1] = classes[i + 2] THEN 0 ELSE 1 END AS ends
FROM (
    SELECT profile, weight, classes, depths, counts, arrayJoin(range(length(classes))) AS i
    FROM ({weights}) AS weighed
    JOIN (SELECT {distinct} profile, classes, depths, counts FROM profiles WHERE {believed}) AS joined USING (profile)
)
