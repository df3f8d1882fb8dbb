-- Adds `batch` (install, day, profile, last) to the sightings: one row for each installation, day and profile. Loading the
-- same batch again changes nothing.
CREATE OR REPLACE TEMP TABLE merged AS
SELECT install, day, profile, max(last) AS last
FROM (
    SELECT install, day, profile, last FROM batch
    UNION ALL
    SELECT install, day, profile, last
    FROM (SELECT * FROM sightings WHERE day BETWEEN (SELECT min(day) FROM batch) AND (SELECT max(day) FROM batch))
    SEMI JOIN batch USING (install, day, profile)
)
GROUP BY ALL;

DELETE FROM sightings
WHERE day BETWEEN (SELECT min(day) FROM batch) AND (SELECT max(day) FROM batch)
    AND (install, day, profile) IN (SELECT (install, day, profile) FROM batch);

INSERT INTO sightings (install, day, profile, second)
SELECT install, day, profile, secondsSince(day, last) FROM merged ORDER BY install, day;
