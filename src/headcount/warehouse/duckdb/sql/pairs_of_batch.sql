-- What of `batch` (install, day, profile, last), which is in the sightings, bears on pairs: `stirred` and `unsettled`, as `pairs.sql`
-- takes them.

-- A stock report from before the first one with the secret, or of its second, has the two judged anew. Of equal ones of a day
-- `batch` has the last.
CREATE TEMP TABLE IF NOT EXISTS fresh (install UBIGINT, profile UBIGINT, received BIGINT);

UPDATE origins SET agrees = NULL
FROM (SELECT install, last AS received FROM batch UNION ALL SELECT install, received FROM fresh) AS stock_reports
WHERE stock_reports.install = origins.stock
    AND stock_reports.received <= origins.first_at
    AND aliveSince(dayOf(origins.first_at))
        >= (SELECT coalesce(min(value::DATE), DATE '1970-01-01') FROM facts WHERE name = 'held since');

-- A report with a secret that is confirmed, of a day after all stock ones, is a sighting of the pair as it is.
CREATE OR REPLACE TEMP TABLE plain AS
SELECT batch.install, stock, batch.day, batch.profile, batch.last
FROM batch JOIN pairs USING (install)
WHERE batch.day >= confirmed AND batch.day > stock_until;

CREATE OR REPLACE TEMP TABLE unsettled AS
SELECT DISTINCT stock
FROM (
    SELECT stock, day, profile FROM batch JOIN pairs USING (install)
    EXCEPT
    SELECT stock, day, profile FROM plain
)
UNION
SELECT stock FROM pairs WHERE stock IN (SELECT install FROM batch);

CREATE OR REPLACE TEMP TABLE stirred AS
SELECT stock FROM unsettled
UNION
SELECT stock FROM origins WHERE install IN (SELECT install FROM batch) AND agrees IS NULL
UNION
SELECT stock FROM origins WHERE stock IN (SELECT install FROM batch) AND agrees IS NULL;
