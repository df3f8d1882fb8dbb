-- Brings the derived tables up to date, as far as the sightings in `batch` (install, day, profile, last), as they are counted,
-- bear on them. They only grow here; what loses sightings is made again by `again.sql`.

-- month: the installations of the batch, in its months.
CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT toStartOfMonth(day) AS m, install FROM batch;

DELETE FROM month
WHERE m BETWEEN (SELECT min(m) FROM touched) AND (SELECT max(m) FROM touched)
    AND (m, install) IN (SELECT (m, install) FROM touched);

INSERT INTO month (m, install, profile, days, second)
SELECT m, install, arg_max(profile, inOrder(last, profile)), count(DISTINCT day), secondsSince(m, max(last))
FROM (
    SELECT toStartOfMonth(day) AS m, install, day, profile, last
    FROM counted
    WHERE day >= (SELECT min(m) FROM touched) AND day < (SELECT max(m) FROM touched) + INTERVAL 1 MONTH
)
SEMI JOIN touched USING (m, install)
GROUP BY m, install
ORDER BY m, install;

-- latest: what was known of the installations of the batch, or what the batch says.
CREATE OR REPLACE TEMP TABLE latest_now AS
SELECT install, arg_max(profile, inOrder(last, profile)) AS profile, max(last) AS last
FROM (
    SELECT install, profile, last FROM batch
    UNION ALL
    SELECT install, profile, last FROM latest SEMI JOIN batch USING (install)
)
GROUP BY install;

DELETE FROM latest WHERE install IN (SELECT install FROM latest_now);

INSERT INTO latest SELECT install, profile, last FROM latest_now;

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

-- births: of the two first days of each installation of the batch.
CREATE OR REPLACE TEMP TABLE kin AS SELECT DISTINCT install FROM batch;

CREATE OR REPLACE TEMP TABLE born_before AS SELECT * FROM births SEMI JOIN kin USING (install);

DELETE FROM births WHERE install IN (SELECT install FROM kin);

INSERT INTO births
SELECT install, days[1], coalesce(days[2], DATE '2100-01-01'), days[1]
FROM (
    SELECT install, list_sort(list(DISTINCT day)) AS days
    FROM (
        SELECT install, day FROM batch
        UNION ALL
        SELECT install, day FROM born_before
        UNION ALL
        SELECT install, second FROM born_before WHERE second < DATE '2100-01-01'
    )
    GROUP BY install
);

CREATE OR REPLACE TEMP TABLE touched_days AS SELECT DISTINCT day FROM batch;
