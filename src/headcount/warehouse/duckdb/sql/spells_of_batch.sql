-- What of `batch` (install, day, profile, last), which is not in `latest` yet, bears on spells: `points`, as `spells.sql` takes them, and
-- `disordered` (install): those of which a day was reported after a later one, whose spells are gone.
CREATE OR REPLACE TEMP TABLE latest_before AS
SELECT install, profile, last, dayOf(last) AS day FROM latest WHERE install IN (SELECT install FROM batch);

CREATE OR REPLACE TEMP TABLE disordered AS
SELECT DISTINCT install
FROM batch JOIN (SELECT install, day AS newest FROM latest_before) AS known USING (install)
WHERE day < newest;

-- The last spell of the others, which goes on or ends, and the one that ends the day before: the last day may have another profile now.
CREATE OR REPLACE TEMP TABLE open_spells AS
SELECT install, spells.profile, spells.day, upto
FROM spells JOIN (SELECT install, day AS newest FROM latest_before ANTI JOIN disordered USING (install)) AS known USING (install)
WHERE upto >= newest - 1;

DELETE FROM spells
WHERE (install, day) IN (SELECT (install, day) FROM open_spells) OR install IN (SELECT install FROM disordered);

CREATE OR REPLACE TEMP TABLE points AS
SELECT install, day, arg_max(profile, inOrder(last, profile)) AS profile, aliveUntil(day) AS upto
FROM (
    SELECT install, day, profile, last FROM batch
    UNION ALL
    SELECT install, day, profile, last FROM latest_before
)
WHERE install NOT IN (SELECT install FROM disordered)
GROUP BY install, day;

INSERT INTO points
SELECT install, day, profile, upto FROM open_spells ANTI JOIN points USING (install, day);
