-- The sightings in `plain` (install, stock, day, profile, last), which `batch` has too, become those of their pairs as they are.
CREATE OR REPLACE TEMP TABLE batch AS
SELECT coalesce(stock, batch.install) AS install, day, profile, last
FROM batch LEFT JOIN (SELECT DISTINCT install, stock FROM plain) USING (install);

CREATE OR REPLACE TEMP TABLE merged AS
SELECT install, day, profile, max(last) AS last
FROM (
    SELECT stock AS install, day, profile, last FROM plain
    UNION ALL
    SELECT install, day, profile, last
    FROM (SELECT * FROM pair_sightings WHERE day BETWEEN (SELECT min(day) FROM plain) AND (SELECT max(day) FROM plain))
    SEMI JOIN (SELECT stock AS install, day, profile FROM plain) AS same USING (install, day, profile)
)
GROUP BY ALL;

DELETE FROM pair_sightings
WHERE day BETWEEN (SELECT min(day) FROM plain) AND (SELECT max(day) FROM plain)
    AND (install, day, profile) IN (SELECT (install, day, profile) FROM merged);

INSERT INTO pair_sightings (install, day, profile, second)
SELECT install, day, profile, secondsSince(day, last) FROM merged ORDER BY install, day;
