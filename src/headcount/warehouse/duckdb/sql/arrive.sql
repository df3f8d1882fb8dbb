-- From `arrived` (row, install, stock, profile, report, received, what) to what is believed and new: `fresh`, without
-- reports that were sent again, and the rest of what comes in beside sightings.

-- Of an installation that was erased nothing from before that comes back.
DELETE FROM arrived USING tombstones
WHERE arrived.install = tombstones.install AND arrived.received <= tombstones.until AND what IN ('report', 'repeat');

-- A report whose id is known was sent again, in whichever inbox and on whichever day it came first.
CREATE OR REPLACE TEMP TABLE fresh AS
SELECT install, stock, profile, received, what
FROM arrived
WHERE report = 0 AND what IN ('report', 'repeat')
UNION ALL
SELECT install, stock, profile, received, what
FROM (
    SELECT * FROM arrived WHERE report > 0 AND what = 'report'
    QUALIFY row_number() OVER (PARTITION BY report ORDER BY received, row) = 1
)
ANTI JOIN reports USING (report);

INSERT INTO reports
SELECT report, make_timestamp(min(received) * 1000000)::DATE
FROM (SELECT report, received FROM arrived WHERE report > 0 AND what = 'report') ANTI JOIN reports USING (report)
GROUP BY report;

-- What is later than the clock is set apart.
INSERT INTO later
SELECT DISTINCT install, profile, received, $now::BIGINT FROM fresh WHERE received > $latest::BIGINT;
DELETE FROM fresh WHERE received > $latest::BIGINT;

-- Stock sends a report again, over plain HTTP, within minutes: past midnight it is still that of the day before.
DELETE FROM fresh
WHERE what = 'repeat'
    AND EXISTS (
        FROM (
            SELECT install, profile, last FROM sightings
            WHERE day = (SELECT make_timestamp(min(received) * 1000000)::DATE - 1 FROM fresh WHERE what = 'repeat')
            UNION ALL
            SELECT install, profile, received AS last FROM fresh WHERE what = 'report'
        ) AS before
        WHERE before.install = fresh.install AND before.profile = fresh.profile
            AND before.last BETWEEN fresh.received - 600 AND fresh.received
    );

INSERT INTO origins
SELECT DISTINCT install, stock FROM fresh WHERE stock > 0 AND install NOT IN (SELECT install FROM origins);

INSERT INTO anonymous
SELECT DISTINCT make_timestamp(received * 1000000)::DATE AS day, profile
FROM arrived
WHERE what = 'anonymous' AND received <= $latest::BIGINT
    AND (make_timestamp(received * 1000000)::DATE, profile) NOT IN (SELECT (day, profile) FROM anonymous);

INSERT INTO drops
SELECT DISTINCT make_timestamp(received * 1000000)::DATE AS day, what, install
FROM arrived
WHERE what NOT IN ('report', 'repeat', 'anonymous') AND received <= $latest::BIGINT
    AND (make_timestamp(received * 1000000)::DATE, what, install) NOT IN (SELECT (day, kind, body) FROM drops);

CREATE OR REPLACE TEMP TABLE batch AS
SELECT install, make_timestamp(received * 1000000)::DATE AS day, profile, max(received) AS last
FROM fresh
GROUP BY ALL;
