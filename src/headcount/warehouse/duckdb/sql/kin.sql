-- What follows from births for the installations in `kin`, where there are any with a secret or from before the oldest sighting
-- that is held. The days on which who moved is another are added to `touched_days`.

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

INSERT INTO touched_days
SELECT DISTINCT day
FROM (
    (SELECT install, day FROM moved_now EXCEPT SELECT install, day FROM moved_before)
    UNION ALL
    (SELECT install, day FROM moved_before EXCEPT SELECT install, day FROM moved_now)
);
