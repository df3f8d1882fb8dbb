-- What follows from births for those in `kin`, which were `born_before`, and for the days in `touched_days`.

-- Who was there before the oldest sighting that is held was seen on a day before all that are known.
UPDATE births SET second = day, earliest = (SELECT min(value::DATE) - 1 FROM facts WHERE name = 'held since')
WHERE install IN (SELECT install FROM veterans SEMI JOIN kin USING (install));

-- Who was seen as stock before is not new.
UPDATE births SET earliest = least(births.earliest, before.earliest)
FROM (
    SELECT origins.install, stock.earliest
    FROM origins SEMI JOIN kin USING (install) JOIN births AS stock ON stock.install = origins.stock
) AS before
WHERE before.install = births.install;

-- moved: the first heir of each stock pseudonym that was confirmed.
CREATE OR REPLACE TEMP TABLE claims AS
SELECT stock AS install, arg_min(births.install, (second, births.install)) AS heir, min(second) AS day
FROM origins
JOIN births USING (install)
WHERE second < DATE '2100-01-01'
    AND stock IN (SELECT stock FROM origins SEMI JOIN kin USING (install) UNION SELECT install FROM kin)
GROUP BY stock;

CREATE OR REPLACE TEMP TABLE moved_before AS
SELECT * FROM moved
WHERE install IN (SELECT stock FROM origins SEMI JOIN kin USING (install) UNION SELECT install FROM kin);

-- Only where something is new, so that most batches need not look through the sightings.
CREATE OR REPLACE TEMP TABLE claims_to_check AS
SELECT install, heir, day FROM claims
WHERE install IN (SELECT install FROM kin) OR (install, heir, day) NOT IN (SELECT (install, heir, day) FROM moved_before);

CREATE OR REPLACE TEMP TABLE moved_now AS
SELECT claims_to_check.install, heir, day, coalesce(first_back, DATE '2100-01-01') AS back
FROM claims_to_check
LEFT JOIN (
    SELECT claims_to_check.install, min(sightings.day) AS first_back
    FROM sightings JOIN claims_to_check ON sightings.install = claims_to_check.install
    WHERE sightings.day > claims_to_check.day
    GROUP BY claims_to_check.install
) AS returned ON returned.install = claims_to_check.install
UNION ALL
SELECT * FROM moved_before
WHERE install NOT IN (SELECT install FROM claims_to_check) AND install IN (SELECT install FROM claims);

DELETE FROM moved WHERE install IN (SELECT install FROM moved_before);
INSERT INTO moved SELECT install, heir, day, back FROM moved_now;

-- daily: the days whose sightings changed, and those on which somebody was born or no longer was, or moved.
CREATE OR REPLACE TEMP TABLE born_now AS SELECT install, day, earliest FROM births SEMI JOIN kin USING (install);

INSERT INTO touched_days
SELECT unnest([day, earliest])
FROM (
    (SELECT install, day, earliest FROM born_now EXCEPT SELECT install, day, earliest FROM born_before)
    UNION ALL
    (SELECT install, day, earliest FROM born_before EXCEPT SELECT install, day, earliest FROM born_now)
)
UNION
SELECT day
FROM (
    (SELECT install, day FROM moved_now EXCEPT SELECT install, day FROM moved_before)
    UNION ALL
    (SELECT install, day FROM moved_before EXCEPT SELECT install, day FROM moved_now)
);

-- Days whose sightings are no longer held keep their counts.
DELETE FROM touched_days WHERE day < (SELECT min(value::DATE) FROM facts WHERE name = 'held since');

DELETE FROM daily WHERE day IN (SELECT day FROM touched_days);

CREATE OR REPLACE TEMP TABLE counted AS
SELECT DISTINCT day, install
FROM sightings
SEMI JOIN touched_days USING (day)
ANTI JOIN moved USING (install, day);

INSERT INTO daily
SELECT day, count(*), count(*) FILTER (births.earliest = counted.day)
FROM counted
JOIN (SELECT install, earliest FROM births) AS births USING (install)
GROUP BY day;
