-- Derived: from `day` through `upto` the installation was alive, and this profile was that of its last report: on each day that of
-- the last report of the day. Of a pair under its name.
CREATE TABLE spells (
    install UBIGINT NOT NULL,
    profile UBIGINT NOT NULL,
    day DATE NOT NULL,                 -- of the first report of the spell
    upto DATE NOT NULL                 -- the day before a report with another profile, or the last one of the 13 months
);

-- The last of the days on which who was seen on a day is alive by that: the inverse of `aliveSince`, at the ends of months too.
CREATE MACRO aliveUntil(d) AS
    CAST(d + INTERVAL 13 MONTH AS DATE) - CAST(day(d + INTERVAL 13 MONTH) = day(d) AS INTEGER);

-- What DuckDB lacks of the subset, for numbers of which each bit stands for a week.
CREATE MACRO groupBitOr(x) AS bit_or(x);
CREATE MACRO bitShiftLeft(x, n) AS x << n;
CREATE MACRO toUInt64(x) AS CAST(x AS UBIGINT);
