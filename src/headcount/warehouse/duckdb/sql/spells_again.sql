-- All days of the installations in `again`, whose spells are gone: `points`, as `spells.sql` takes them.
DELETE FROM spells WHERE install IN (SELECT install FROM again);
CREATE OR REPLACE TEMP TABLE points AS
SELECT install, day, arg_max(profile, inOrder(last, profile)) AS profile, aliveUntil(day) AS upto
FROM counted SEMI JOIN again USING (install)
GROUP BY install, day;
