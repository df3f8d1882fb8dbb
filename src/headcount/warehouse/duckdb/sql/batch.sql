-- From `fresh` to the new sightings: `batch` (install, day, profile, last).
CREATE OR REPLACE TEMP TABLE batch AS
SELECT install, make_timestamp(received * 1000000)::DATE AS day, profile, max(received) AS last
FROM fresh
GROUP BY ALL;
