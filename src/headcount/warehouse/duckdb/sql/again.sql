-- Makes what is derived of the installations in `again` anew from their sightings, of which some may be gone. `touched_days`
-- has the days of those that are gone.
DELETE FROM month WHERE install IN (SELECT install FROM again);
INSERT INTO month (m, install, profile, days, second)
SELECT
    toStartOfMonth(day) AS m,
    install,
    arg_max(profile, inOrder(last, profile)),
    count(DISTINCT day),
    secondsSince(toStartOfMonth(min(day)), max(last))
FROM counted SEMI JOIN again USING (install)
GROUP BY m, install;

DELETE FROM latest WHERE install IN (SELECT install FROM again);
INSERT INTO latest
SELECT install, arg_max(profile, inOrder(last, profile)), max(last)
FROM month SEMI JOIN again USING (install)
GROUP BY install;

DELETE FROM first WHERE install IN (SELECT install FROM again);
INSERT INTO first
SELECT install, buildbot, min(day), max(day)
FROM (SELECT install, day, profile FROM counted SEMI JOIN again USING (install)) JOIN profiles USING (profile)
GROUP BY install, buildbot;

CREATE OR REPLACE TEMP TABLE kin AS SELECT install FROM again;

CREATE OR REPLACE TEMP TABLE born_before AS SELECT * FROM births SEMI JOIN kin USING (install);

DELETE FROM births WHERE install IN (SELECT install FROM kin);
INSERT INTO births
SELECT install, born, coalesce(min(day) FILTER (day > born), DATE '2100-01-01'), born
FROM counted
JOIN (SELECT install, min(day) AS born FROM counted SEMI JOIN kin USING (install) GROUP BY install) USING (install)
GROUP BY install, born;
