-- What reports say, and when they came. `install` and `profile` are pseudonyms; 0 and '' mean: not answered.
CREATE TABLE profiles (
    profile UBIGINT NOT NULL,
    sender VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    vocabulary VARCHAR NOT NULL,
    answered VARCHAR[] NOT NULL,       -- the catalog's paths that have an answer
    buildbot UINTEGER NOT NULL,        -- a release as one number: 4.3.0 is 4003000
    python UINTEGER NOT NULL,
    twisted UINTEGER NOT NULL,
    sqlalchemy UINTEGER NOT NULL,
    system VARCHAR NOT NULL,
    machine VARCHAR NOT NULL,
    distro VARCHAR NOT NULL,
    kernel VARCHAR NOT NULL,
    implementation VARCHAR NOT NULL,
    db VARCHAR NOT NULL,
    mq VARCHAR NOT NULL,
    multi_master UTINYINT NOT NULL,
    classes USMALLINT[] NOT NULL,      -- classes[i], or a class depths[i] below it, occurs counts[i] times: in the order of
    depths UTINYINT[] NOT NULL,        -- names and depths, the plugins of the web interface last
    counts UINTEGER[] NOT NULL,
    sequences VARCHAR[][] NOT NULL,    -- pipelines: builders[i] builders have the steps of sequences[i]
    builders UINTEGER[] NOT NULL,
    scrubbed VARCHAR[] NOT NULL,       -- fields of which scrubs[i] values were not public
    scrubs UINTEGER[] NOT NULL,
    newer UTINYINT NOT NULL            -- whether the master's release is newer than the vocabulary that scrubbed its names
);

-- The numbers of classes, so that profiles take little room and are compared quickly.
CREATE TABLE classes (
    class USMALLINT NOT NULL,          -- 1: `custom`, a class with no public ancestor; 2: a private plugin of the web interface
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL              -- follows the vocabulary of the last load; plugins of the web interface are 'www'
);
INSERT INTO classes VALUES (1, 'custom', 'other'), (2, 'custom', 'www');

-- One row for each installation, UTC day of receipt and profile. A moment is stored as the seconds since its day (or month)
-- began: small numbers take less room. `last` gives it as Unix time.
CREATE TABLE sightings (
    install UBIGINT NOT NULL,
    day DATE NOT NULL,
    profile UBIGINT NOT NULL,
    second UINTEGER NOT NULL,          -- of the last receipt on that day
    last UINTEGER GENERATED ALWAYS AS (CAST(date_diff('day', DATE '1970-01-01', day) * 86400 + second AS UINTEGER))
);

-- Derived from those: each load brings these tables up to date, and a rebuild computes them again.
CREATE TABLE month (
    m DATE NOT NULL,
    install UBIGINT NOT NULL,
    profile UBIGINT NOT NULL,          -- the last profile of the month
    days UTINYINT NOT NULL,            -- on how many days the installation was seen
    second UINTEGER NOT NULL,          -- of the last receipt in the month
    last UINTEGER GENERATED ALWAYS AS (CAST(date_diff('day', DATE '1970-01-01', m) * 86400 + second AS UINTEGER))
);
CREATE TABLE latest (
    install UBIGINT NOT NULL,
    profile UBIGINT NOT NULL,          -- that of the last report
    last UINTEGER NOT NULL             -- when it came, Unix time
);
CREATE TABLE first (
    install UBIGINT NOT NULL,
    release UINTEGER NOT NULL,         -- of Buildbot; 0: not answered
    day DATE NOT NULL,                 -- the first day on which the installation ran it
    upto DATE NOT NULL                 -- the last day on which it did
);
CREATE TABLE births (
    install UBIGINT NOT NULL,
    day DATE NOT NULL,                 -- the first day on which the installation was seen
    second DATE NOT NULL,              -- the second one: confirmed since; 2100-01-01 while there is none
    earliest DATE NOT NULL             -- `day`, or that of its stock pseudonym where that was seen before
);
CREATE TABLE moved (                   -- stock pseudonyms whose installation is confirmed under a secret
    install UBIGINT NOT NULL,          -- the stock pseudonym, not counted from `day` to `back`
    heir UBIGINT NOT NULL,             -- the first pseudonym with a secret that was confirmed
    day DATE NOT NULL,                 -- its second day
    back DATE NOT NULL                 -- the first later day on which the stock pseudonym was seen; 2100-01-01 while none
);
CREATE TABLE daily (
    day DATE NOT NULL,
    installs UINTEGER NOT NULL,        -- seen on that day
    newcomers UINTEGER NOT NULL        -- seen on that day for the first time
);

-- Derived: the quarantine. Days on which more installations came for the first time than the days before let expect.
CREATE TABLE floods (
    day DATE NOT NULL,
    newcomers UINTEGER NOT NULL,
    bound UINTEGER NOT NULL            -- how many would have been believed
);
CREATE TABLE comebacks (install UBIGINT NOT NULL, day DATE NOT NULL);  -- the later days of who came in a flood
CREATE TABLE quarantine (
    install UBIGINT NOT NULL,
    came DATE NOT NULL,
    released DATE NOT NULL             -- the first day on which no more came back than are believed; 2100-01-01 while none
);

-- What loading needs to know. Installations with a secret, and the stock pseudonym that came with it.
CREATE TABLE origins (install UBIGINT NOT NULL, stock UBIGINT NOT NULL);
-- Installations that were there before the oldest sighting that is held.
CREATE TABLE veterans (install UBIGINT NOT NULL);
-- The ids of reports, under pseudonyms, for as long as a report may be sent again.
CREATE TABLE reports (report UBIGINT NOT NULL, day DATE NOT NULL);
-- Sightings that are not believed: they were later than the clock when they were read.
CREATE TABLE later (install UBIGINT NOT NULL, profile UBIGINT NOT NULL, last BIGINT NOT NULL, noted BIGINT NOT NULL);
-- Erased installations: nothing that was received of them up to `until` (Unix time) is loaded.
CREATE TABLE tombstones (install UBIGINT NOT NULL, until BIGINT NOT NULL);
-- How far each inbox was loaded.
CREATE TABLE marks (inbox VARCHAR NOT NULL, through UBIGINT NOT NULL);

-- What only `coverage` counts, each once a UTC day: profiles that came without an install id, and what was thrown away.
CREATE TABLE anonymous (day DATE NOT NULL, profile UBIGINT NOT NULL);
CREATE TABLE drops (day DATE NOT NULL, kind VARCHAR NOT NULL, body UBIGINT NOT NULL);

-- The profile of each confirmed installation when the last tables were computed that were published. An import changes the
-- past too, so that the sightings do not tell what was published of it.
CREATE TABLE published (install UBIGINT NOT NULL, profile UBIGINT NOT NULL);

-- Erasures that were asked for. A receipt does not say whose it is.
CREATE TABLE receipts (
    receipt VARCHAR NOT NULL,          -- a random name
    asked BIGINT NOT NULL,             -- out of the answers since, Unix time
    disk BIGINT                        -- off the disk since; NULL until then
);

-- What the warehouse knows of itself, by name.
CREATE TABLE facts (name VARCHAR NOT NULL, value VARCHAR NOT NULL);

-- What DuckDB lacks of the subset in which the questions are written.
CREATE MACRO arrayJoin(x) AS unnest(x);
CREATE MACRO uniqExact(x) AS count(DISTINCT x);
CREATE MACRO countIf(c) AS count(*) FILTER (WHERE c);
CREATE MACRO sumIf(x, c) AS sum(x) FILTER (WHERE c);
CREATE MACRO has(a, x) AS list_contains(a, x);
CREATE MACRO arraySort(a) AS list_sort(a);
CREATE MACRO arrayDistinct(a) AS list_distinct(a);
CREATE MACRO arraySlice(a, begin_at) AS list_slice(a, begin_at, len(a));
CREATE MACRO toInt64(x) AS CAST(x AS BIGINT);
CREATE MACRO modulo(a, b) AS a % b;
CREATE MACRO toDate(x) AS CAST(x AS DATE);
CREATE MACRO toStartOfMonth(x) AS CAST(date_trunc('month', x) AS DATE);
CREATE MACRO toMonday(x) AS CAST(date_trunc('week', x) AS DATE);
CREATE MACRO toRelativeDayNum(x) AS date_diff('day', DATE '1970-01-01', x);
CREATE MACRO addDays(x, n) AS CAST(x + CAST(n AS INTEGER) AS DATE);

-- What the loader needs beside them: two numbers as one by which pairs of them are ordered, and a moment (Unix time) as seconds
-- since a day began.
CREATE MACRO inOrder(a, b) AS a::HUGEINT * 9223372036854775808 + b;
CREATE MACRO secondsSince(d, moment) AS moment::BIGINT - date_diff('day', DATE '1970-01-01', d) * 86400;
