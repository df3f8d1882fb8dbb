-- Pairs: an installation that reported as stock, and then with a secret what agrees with that.

-- Since when (Unix time) an installation reports with its secret, and with which profile first. `agrees`: whether that is what
-- its stock pseudonym said; NULL until it is judged. As far as it is known: that of the oldest sighting.
CREATE TABLE claims (
    install UBIGINT NOT NULL,
    stock UBIGINT NOT NULL,            -- the stock pseudonym that came with it
    first_at BIGINT NOT NULL,
    first_profile UBIGINT NOT NULL,
    agrees BOOLEAN
);
INSERT INTO claims
SELECT install, stock, min(last), arg_min(profile, inOrder(last, profile)), NULL
FROM origins JOIN sightings USING (install)
GROUP BY install, stock;

-- What is set apart has with it what the first sighting of an installation needs.
CREATE TABLE reported_later (
    install UBIGINT NOT NULL,
    profile UBIGINT NOT NULL,
    last BIGINT NOT NULL,
    noted BIGINT NOT NULL,
    stock UBIGINT NOT NULL,            -- the stock pseudonym that came with it; 0: none
    crowded BOOLEAN NOT NULL           -- whether it came as one of too many of its block of addresses
);
INSERT INTO reported_later
SELECT install, profile, last, noted, coalesce(min(stock), 0), FALSE
FROM later LEFT JOIN origins USING (install)
GROUP BY ALL;
DROP TABLE later;
ALTER TABLE reported_later RENAME TO later;

DROP TABLE origins;
ALTER TABLE claims RENAME TO origins;

-- Derived: a stock pseudonym and one with a secret that are one installation, which has the name of the first.
CREATE TABLE pairs (
    install UBIGINT NOT NULL,          -- the pseudonym with the secret
    stock UBIGINT NOT NULL,            -- the stock pseudonym, and the name of the pair in all derived tables
    confirmed DATE NOT NULL,           -- the second day on which the secret was seen; 2100-01-01 while there is none
    stock_until DATE NOT NULL          -- the last day on which it was seen as stock; 1970-01-01 where none is held
);
-- Derived: the sightings of pairs, as they are counted: what a pair is said to be on a day, whichever of the two was seen.
CREATE TABLE pair_sightings (
    install UBIGINT NOT NULL,          -- the name of the pair
    day DATE NOT NULL,
    profile UBIGINT NOT NULL,
    second UINTEGER NOT NULL,
    last UINTEGER GENERATED ALWAYS AS (CAST(date_diff('day', DATE '1970-01-01', day) * 86400 + second AS UINTEGER))
);
DROP TABLE moved;

-- Days on which an installation that was not known before came as one of too many of its block of addresses.
CREATE TABLE crowded (install UBIGINT NOT NULL, day DATE NOT NULL);

-- All sightings as they are counted.
CREATE VIEW counted AS
SELECT install, day, profile, last FROM sightings
WHERE install NOT IN (SELECT install FROM pairs) AND install NOT IN (SELECT stock FROM pairs)
UNION ALL
SELECT install, day, profile, last FROM pair_sightings;

-- The first of the days on which who is alive on a day was seen: 13 months.
CREATE MACRO aliveSince(d) AS CAST(CAST(d - INTERVAL 13 MONTH AS DATE) + 1 AS DATE);
-- The UTC day of a moment (Unix time).
CREATE MACRO dayOf(moment) AS CAST(make_timestamp(moment::BIGINT * 1000000) AS DATE);
