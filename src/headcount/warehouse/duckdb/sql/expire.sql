-- Takes away the sightings from before `$before`. Of those days the counts of `daily` remain, without installations.
CREATE OR REPLACE TEMP TABLE again AS SELECT DISTINCT install FROM sightings WHERE day < $before::DATE;
CREATE OR REPLACE TEMP TABLE touched_days (day DATE);

DELETE FROM sightings WHERE day < $before::DATE;

-- Who is still held was there before.
INSERT INTO veterans
SELECT install FROM again WHERE install IN (SELECT install FROM sightings)
UNION
SELECT stock
FROM pairs
WHERE (install IN (SELECT install FROM again) OR stock IN (SELECT install FROM again))
    AND (install IN (SELECT install FROM sightings) OR stock IN (SELECT install FROM sightings))
EXCEPT
SELECT install FROM veterans;
DELETE FROM origins WHERE install IN (SELECT install FROM again) AND install NOT IN (SELECT install FROM sightings);
CREATE OR REPLACE TEMP TABLE names AS SELECT install FROM sightings UNION SELECT stock FROM origins SEMI JOIN sightings USING (install);
DELETE FROM veterans WHERE install NOT IN (SELECT install FROM names);
DELETE FROM published WHERE install NOT IN (SELECT install FROM names);

-- It never goes back: of the days before it the counts are all that is left, though older history is imported since.
CREATE OR REPLACE TEMP TABLE held_since AS
SELECT greatest(max(value::DATE), $before::DATE) AS day FROM facts WHERE name = 'held since';
DELETE FROM facts WHERE name = 'held since';
INSERT INTO facts SELECT 'held since', day::VARCHAR FROM held_since;
UPDATE births SET earliest = (SELECT day - 1 FROM held_since) WHERE install IN (SELECT install FROM veterans);

DELETE FROM anonymous WHERE day < $before::DATE;
DELETE FROM crowded WHERE day < $before::DATE;
DELETE FROM repeats WHERE dayOf(last) < $before::DATE;
DELETE FROM drops WHERE day < $before::DATE;
DELETE FROM later WHERE make_timestamp(noted * 1000000)::DATE < $before::DATE;
