-- Moves what was received from `$since` through `$through` by `$by` seconds. `batch` has what is to be loaded again, `fresh` what of
-- that had been set apart, and `apart` what is to be; `again` has the installations that lost sightings, and `touched_days` the days
-- of those. `wrong` is what `moved_claims.sql` goes on with.
CREATE OR REPLACE TEMP TABLE wrong AS
SELECT install, day, profile, last FROM sightings WHERE last BETWEEN $since::BIGINT AND $through::BIGINT;

-- What is later than a clock that went back is set apart, so that from the moment to which it went back on there is nothing but
-- what comes then.
CREATE OR REPLACE TEMP TABLE apart AS
SELECT install, day, profile, last FROM sightings
WHERE $by::BIGINT < 0 AND last > $since::BIGINT + $by::BIGINT AND last NOT BETWEEN $since::BIGINT AND $through::BIGINT;

CREATE OR REPLACE TEMP TABLE touched_days AS SELECT day FROM wrong UNION SELECT day FROM apart;
CREATE OR REPLACE TEMP TABLE again AS SELECT install FROM wrong UNION SELECT install FROM apart;

DELETE FROM sightings
WHERE last BETWEEN $since::BIGINT AND $through::BIGINT OR ($by::BIGINT < 0 AND last > $since::BIGINT + $by::BIGINT);

-- What was loaded when the clock was right again, and so was set apart.
CREATE OR REPLACE TEMP TABLE too_late AS
SELECT * FROM later
WHERE $by::BIGINT < 0 AND last BETWEEN $since::BIGINT AND $through::BIGINT AND noted >= $through::BIGINT + $by::BIGINT;

-- What seemed later than the clock while it was behind.
CREATE OR REPLACE TEMP TABLE back AS
SELECT * FROM later
WHERE $by::BIGINT > 0 AND last BETWEEN $since::BIGINT AND $through::BIGINT + $by::BIGINT;

DELETE FROM later
WHERE (install, profile, last) IN (
    SELECT (install, profile, last) FROM too_late UNION ALL SELECT (install, profile, last) FROM back
);

CREATE OR REPLACE TEMP TABLE fresh AS
SELECT install, stock, profile, last + $by::BIGINT AS received, crowded FROM too_late
UNION ALL
SELECT install, stock, profile, last, crowded FROM back;

CREATE OR REPLACE TEMP TABLE batch AS
SELECT install, make_timestamp(last * 1000000)::DATE AS day, profile, max(last) AS last
FROM (
    SELECT install, profile, last::BIGINT + $by::BIGINT AS last FROM wrong
    UNION ALL
    SELECT install, profile, received FROM fresh
)
GROUP BY ALL;

-- Whatever is moved counts as a report.
DELETE FROM repeats WHERE last BETWEEN $since::BIGINT AND $through::BIGINT;

-- An id of a report is known for long enough, whichever of these days it has; none may be later than the clock.
UPDATE reports SET day = (day + $days::INTEGER)::DATE
WHERE $by::BIGINT > 0
    AND day BETWEEN make_timestamp($since::BIGINT * 1000000)::DATE AND make_timestamp($through::BIGINT * 1000000)::DATE;
UPDATE reports SET day = make_timestamp(($through::BIGINT + $by::BIGINT) * 1000000)::DATE
WHERE day > make_timestamp(($through::BIGINT + $by::BIGINT) * 1000000)::DATE;

-- What has a day alone is moved where it is later than the clock: else it may be of before.
CREATE OR REPLACE TEMP TABLE early_anonymous AS
SELECT day, profile FROM anonymous
WHERE day > make_timestamp(($through::BIGINT + $by::BIGINT) * 1000000)::DATE
    AND day BETWEEN make_timestamp($since::BIGINT * 1000000)::DATE AND make_timestamp($through::BIGINT * 1000000)::DATE;
DELETE FROM anonymous WHERE (day, profile) IN (SELECT (day, profile) FROM early_anonymous);
INSERT INTO anonymous
SELECT (day + $days::INTEGER)::DATE, profile FROM early_anonymous
WHERE ((day + $days::INTEGER)::DATE, profile) NOT IN (SELECT (day, profile) FROM anonymous);

CREATE OR REPLACE TEMP TABLE early_drops AS
SELECT day, kind, body FROM drops
WHERE day > make_timestamp(($through::BIGINT + $by::BIGINT) * 1000000)::DATE
    AND day BETWEEN make_timestamp($since::BIGINT * 1000000)::DATE AND make_timestamp($through::BIGINT * 1000000)::DATE;
DELETE FROM drops WHERE (day, kind, body) IN (SELECT (day, kind, body) FROM early_drops);
INSERT INTO drops
SELECT (day + $days::INTEGER)::DATE, kind, body FROM early_drops
WHERE ((day + $days::INTEGER)::DATE, kind, body) NOT IN (SELECT (day, kind, body) FROM drops);

-- Erasures that were asked for meanwhile.
UPDATE tombstones SET until = until + $by::BIGINT WHERE until BETWEEN $since::BIGINT AND $through::BIGINT;
UPDATE receipts SET asked = asked + $by::BIGINT WHERE asked BETWEEN $since::BIGINT AND $through::BIGINT;
UPDATE receipts SET disk = disk + $by::BIGINT WHERE disk BETWEEN $since::BIGINT AND $through::BIGINT;
