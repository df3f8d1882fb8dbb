-- daily: the days whose sightings changed (`touched_days`), and those on which an installation in `kin` is born that was not
-- `born_before`, or the other way round.
CREATE OR REPLACE TEMP TABLE born_now AS SELECT install, day, earliest FROM births SEMI JOIN kin USING (install);

INSERT INTO touched_days
SELECT unnest([day, earliest])
FROM (
    (SELECT install, day, earliest FROM born_now EXCEPT SELECT install, day, earliest FROM born_before)
    UNION ALL
    (SELECT install, day, earliest FROM born_before EXCEPT SELECT install, day, earliest FROM born_now)
);

-- Days whose sightings are no longer held keep their counts.
DELETE FROM touched_days WHERE day < (SELECT min(value::DATE) FROM facts WHERE name = 'held since');

DELETE FROM daily WHERE day IN (SELECT day FROM touched_days);

CREATE OR REPLACE TEMP TABLE seen_then AS
SELECT DISTINCT day, install FROM counted WHERE day IN (SELECT day FROM touched_days);

INSERT INTO daily
SELECT day, count(*), count(*) FILTER (births.earliest = seen_then.day)
FROM seen_then
JOIN (SELECT install, earliest FROM births) AS births USING (install)
GROUP BY day;
