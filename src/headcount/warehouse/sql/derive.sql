-- Makes the derived tables again, as far as the sightings in `batch` (install, day, profile) bear on them.

-- month: the installations of the batch, in its months.
CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT toStartOfMonth(day) AS m, install FROM batch;

DELETE FROM month
WHERE m BETWEEN (SELECT min(m) FROM touched) AND (SELECT max(m) FROM touched)
    AND (m, install) IN (SELECT (m, install) FROM touched);

INSERT INTO month
SELECT m, install, arg_max(profile, (last, profile)), count(DISTINCT day)
FROM (
    SELECT toStartOfMonth(day) AS m, install, day, profile, last
    FROM sightings
    WHERE day >= (SELECT min(m) FROM touched) AND day < (SELECT max(m) FROM touched) + INTERVAL 1 MONTH
)
SEMI JOIN touched USING (m, install)
GROUP BY m, install;

-- first: what was known of the installations of the batch, and what the batch adds.
CREATE OR REPLACE TEMP TABLE births AS
SELECT install, min(day) AS day FROM first SEMI JOIN batch USING (install) GROUP BY install;

CREATE OR REPLACE TEMP TABLE firsts AS
SELECT install, release, min(day) AS day
FROM (
    SELECT install, buildbot AS release, day FROM batch JOIN profiles USING (profile)
    UNION ALL
    SELECT install, release, day FROM first SEMI JOIN batch USING (install)
)
GROUP BY install, release;

DELETE FROM first WHERE install IN (SELECT install FROM batch);

INSERT INTO first SELECT install, release, day FROM firsts;

-- daily: the days of the batch, and those that lose a birth to an earlier day.
CREATE OR REPLACE TEMP TABLE touched_days AS
SELECT DISTINCT day FROM batch
UNION
SELECT births.day
FROM births
JOIN (SELECT install, min(day) AS born FROM firsts GROUP BY install) AS now ON now.install = births.install
WHERE now.born < births.day;

DELETE FROM daily WHERE day IN (SELECT day FROM touched_days);

INSERT INTO daily
SELECT day, installs, coalesce(born, 0)
FROM (
    SELECT day, count(DISTINCT install) AS installs FROM sightings SEMI JOIN touched_days USING (day) GROUP BY day
)
LEFT JOIN (
    SELECT day, count(*) AS born
    FROM (SELECT install, min(day) AS day FROM first GROUP BY install)
    GROUP BY day
) USING (day);
