-- Makes the derived tables again, as far as the sightings in `batch` (install, day, profile) bear on them.

-- month: the installations of the batch, in its months.
CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT toStartOfMonth(day) AS m, install FROM batch;

DELETE FROM month
WHERE m BETWEEN (SELECT min(m) FROM touched) AND (SELECT max(m) FROM touched)
    AND (m, install) IN (SELECT (m, install) FROM touched);

INSERT INTO month
SELECT m, install, arg_max(profile, (last, profile)), count(DISTINCT day), max(last)
FROM (
    SELECT toStartOfMonth(day) AS m, install, day, profile, last
    FROM sightings
    WHERE day >= (SELECT min(m) FROM touched) AND day < (SELECT max(m) FROM touched) + INTERVAL 1 MONTH
)
SEMI JOIN touched USING (m, install)
GROUP BY m, install;

-- first: what was known of the installations of the batch, and what the batch adds.
CREATE OR REPLACE TEMP TABLE firsts AS
SELECT install, release, min(day) AS day, max(upto) AS upto
FROM (
    SELECT install, buildbot AS release, day, day AS upto FROM batch JOIN profiles USING (profile)
    UNION ALL
    SELECT install, release, day, upto FROM first SEMI JOIN batch USING (install)
)
GROUP BY install, release;

DELETE FROM first WHERE install IN (SELECT install FROM batch);

INSERT INTO first SELECT install, release, day, upto FROM firsts;

-- life: the two earliest days of each, among those known and those of the batch.
CREATE OR REPLACE TEMP TABLE births AS
SELECT install, born AS day FROM life SEMI JOIN batch USING (install);

CREATE OR REPLACE TEMP TABLE days_of AS
SELECT DISTINCT install, day FROM batch
UNION
SELECT install, born FROM life SEMI JOIN batch USING (install)
UNION
SELECT install, again FROM life SEMI JOIN batch USING (install);

CREATE OR REPLACE TEMP TABLE lives AS
SELECT install, born, coalesce(min(day) FILTER (WHERE day > born), DATE '2100-01-01') AS again
FROM days_of
JOIN (SELECT install, min(day) AS born FROM days_of GROUP BY install) USING (install)
GROUP BY install, born;

DELETE FROM life WHERE install IN (SELECT install FROM batch);

INSERT INTO life SELECT install, born, again FROM lives;

-- daily: the days of the batch, and those that lose a birth to an earlier day.
CREATE OR REPLACE TEMP TABLE touched_days AS
SELECT DISTINCT day FROM batch
UNION
SELECT births.day
FROM births
JOIN lives ON lives.install = births.install
WHERE lives.born < births.day;

DELETE FROM daily WHERE day IN (SELECT day FROM touched_days);

INSERT INTO daily
SELECT day, installs, coalesce(born, 0)
FROM (
    SELECT day, count(DISTINCT install) AS installs FROM sightings SEMI JOIN touched_days USING (day) GROUP BY day
)
LEFT JOIN (
    SELECT born AS day, count(*) AS born FROM life WHERE born IN (SELECT day FROM touched_days) GROUP BY life.born
) USING (day);
