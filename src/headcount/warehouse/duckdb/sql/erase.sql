-- Takes the installations in `gone` (install, until) out of all tables.
CREATE OR REPLACE TEMP TABLE again AS
SELECT install FROM gone UNION SELECT stock FROM pairs SEMI JOIN gone USING (install);

CREATE OR REPLACE TEMP TABLE touched_days AS SELECT DISTINCT day FROM sightings SEMI JOIN gone USING (install);

DELETE FROM sightings WHERE install IN (SELECT install FROM gone);
DELETE FROM later WHERE install IN (SELECT install FROM gone);
DELETE FROM origins WHERE install IN (SELECT install FROM gone);
UPDATE origins SET agrees = FALSE WHERE stock IN (SELECT install FROM gone);
DELETE FROM published WHERE install IN (SELECT install FROM gone);
DELETE FROM crowded WHERE install IN (SELECT install FROM gone);
DELETE FROM veterans WHERE install IN (SELECT install FROM gone);
DELETE FROM tombstones WHERE install IN (SELECT install FROM gone);
INSERT INTO tombstones SELECT install, until FROM gone;
