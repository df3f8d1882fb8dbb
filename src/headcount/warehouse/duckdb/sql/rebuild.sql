-- Makes all derived tables again from the sightings; days of which no sightings are held any more keep their counts.
DELETE FROM month;
DELETE FROM latest;
DELETE FROM first;
DELETE FROM births;
DELETE FROM spells;
DELETE FROM veterans WHERE install NOT IN (SELECT install FROM sightings) AND install NOT IN (SELECT stock FROM pairs);
CREATE OR REPLACE TEMP TABLE again AS SELECT DISTINCT install FROM sightings;
CREATE OR REPLACE TEMP TABLE touched_days AS
SELECT DISTINCT day FROM sightings
UNION
SELECT day FROM daily WHERE day >= coalesce((SELECT min(value::DATE) FROM facts WHERE name = 'held since'), DATE '1970-01-01');
