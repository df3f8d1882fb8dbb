-- Takes what was received up to `until` of the installations in `gone` (install, until) out of all tables.
CREATE OR REPLACE TEMP TABLE again AS
SELECT install FROM gone UNION SELECT stock FROM pairs SEMI JOIN gone USING (install);

CREATE OR REPLACE TEMP TABLE touched_days AS SELECT DISTINCT day FROM sightings SEMI JOIN gone USING (install);

DELETE FROM sightings USING gone WHERE sightings.install = gone.install AND sightings.last <= gone.until;
DELETE FROM later USING gone WHERE later.install = gone.install AND least(later.last, later.noted) <= gone.until;
DELETE FROM origins WHERE install IN (SELECT install FROM gone) AND install NOT IN (SELECT install FROM sightings);
UPDATE origins SET agrees = FALSE WHERE stock IN (SELECT install FROM gone) OR install IN (SELECT install FROM gone);
DELETE FROM published WHERE install IN (SELECT install FROM gone);
DELETE FROM repeats WHERE install IN (SELECT install FROM gone);
DELETE FROM crowded WHERE install IN (SELECT install FROM gone);
DELETE FROM veterans WHERE install IN (SELECT install FROM gone);
DELETE FROM tombstones WHERE install IN (SELECT install FROM gone);
INSERT INTO tombstones SELECT install, until FROM gone;

-- Who reported again since came first then.
UPDATE origins SET first_at = held.first_at, first_profile = held.first_profile
FROM (
    SELECT install, min(last) AS first_at, arg_min(profile, inOrder(last, profile)) AS first_profile
    FROM sightings
    SEMI JOIN gone USING (install)
    GROUP BY install
) AS held
WHERE origins.install = held.install;
