-- What bears on pairs where the installations in `again` lost sightings: `stirred` and `unsettled`, as `pairs.sql` takes them. What
-- was judged before stays so: that what agreed is no longer held does not make two of one.
CREATE OR REPLACE TEMP TABLE stirred AS
SELECT stock FROM origins WHERE install IN (SELECT install FROM again) OR stock IN (SELECT install FROM again)
UNION
SELECT stock FROM pairs WHERE install IN (SELECT install FROM again) OR stock IN (SELECT install FROM again);

CREATE OR REPLACE TEMP TABLE unsettled AS SELECT stock FROM pairs SEMI JOIN stirred USING (stock);
