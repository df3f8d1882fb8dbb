-- From `arrived` (row, install, stock, profile, report, received, what, crowded) to `fresh`: the reports that were not loaded before.

-- Of an installation that was erased nothing from before that comes back.
DELETE FROM arrived USING tombstones
WHERE arrived.install = tombstones.install AND arrived.received <= tombstones.until AND what IN ('report', 'repeat');

-- A report whose id is known was sent again, in whichever inbox and on whichever day it came first.
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT install, stock, profile, received, what, crowded
FROM arrived
WHERE report = 0 AND what IN ('report', 'repeat')
UNION ALL
SELECT install, stock, profile, received, what, crowded
FROM (
    SELECT * FROM arrived WHERE report > 0 AND what = 'report'
    QUALIFY row_number() OVER (PARTITION BY report ORDER BY received, row) = 1
)
ANTI JOIN reports USING (report);

INSERT INTO reports
SELECT report, make_timestamp(min(received) * 1000000)::DATE
FROM (SELECT report, received FROM arrived WHERE report > 0 AND what = 'report') ANTI JOIN reports USING (report)
GROUP BY report;
