-- What was sent again and counted, and whose report is in `fresh`, counts no longer: `again` and `touched_days` have what that
-- changes.
CREATE OR REPLACE TEMP TABLE withdrawn AS
SELECT DISTINCT repeats.install, repeats.profile, repeats.last, dayOf(repeats.last) AS day
FROM repeats JOIN fresh ON fresh.install = repeats.install AND fresh.profile = repeats.profile
WHERE what = 'report' AND repeats.last BETWEEN received AND received + 600;

DELETE FROM repeats WHERE (install, profile, last) IN (SELECT (install, profile, last) FROM withdrawn);

-- Where the last of the day is another, that is a report, and the day counts for it.
DELETE FROM withdrawn
WHERE (install, profile, last) NOT IN (
    SELECT (install, profile, last) FROM sightings WHERE day IN (SELECT withdrawn.day FROM withdrawn)
);

DELETE FROM sightings
WHERE day IN (SELECT withdrawn.day FROM withdrawn)
    AND (install, profile, last) IN (SELECT (install, profile, last) FROM withdrawn);

CREATE OR REPLACE TEMP TABLE again AS SELECT DISTINCT install FROM withdrawn;
CREATE OR REPLACE TEMP TABLE touched_days AS SELECT DISTINCT day FROM withdrawn;
