-- Installations with a secret, and the stock pseudonym that came with it.
CREATE TABLE origins (install UBIGINT NOT NULL, stock UBIGINT NOT NULL);

-- Installations that were there before the oldest sighting that is held.
CREATE TABLE veterans (install UBIGINT NOT NULL);

-- Derived: when each installation was first seen.
CREATE TABLE births (
    install UBIGINT NOT NULL,
    day DATE NOT NULL,
    second DATE NOT NULL,              -- the second day on which it was seen: confirmed since; 2100-01-01 while there is none
    earliest DATE NOT NULL             -- `day`, or that of its stock pseudonym where that was seen before: it is new then
);
INSERT INTO births
SELECT install, days[1], coalesce(days[2], DATE '2100-01-01'), days[1]
FROM (SELECT install, list_sort(list(DISTINCT day)) AS days FROM sightings GROUP BY install);

-- Derived: stock pseudonyms whose installation is confirmed under a secret. From `day` on they are not counted, until `back`.
CREATE TABLE moved (
    install UBIGINT NOT NULL,          -- the stock pseudonym
    heir UBIGINT NOT NULL,             -- the first pseudonym with a secret that was confirmed
    day DATE NOT NULL,                 -- its second day
    back DATE NOT NULL                 -- the first day after that on which the stock pseudonym was seen; 2100-01-01 while none
);

-- What counts in `coverage` only: profiles that came without an install id, and what was thrown away. Each once a UTC day.
CREATE TABLE anonymous (day DATE NOT NULL, profile UBIGINT NOT NULL);
CREATE TABLE drops (day DATE NOT NULL, kind VARCHAR NOT NULL, body UBIGINT NOT NULL);
DROP TABLE tally;

-- The ids of reports, under pseudonyms, for as long as one may be sent again.
CREATE TABLE reports (report UBIGINT NOT NULL, day DATE NOT NULL);

-- Sightings that are not believed, since they were later than the clock when they were read.
CREATE TABLE later (install UBIGINT NOT NULL, profile UBIGINT NOT NULL, last BIGINT NOT NULL, noted BIGINT NOT NULL);

-- Installations that were erased: nothing that was received of them up to `until` (Unix time) is taken in again.
CREATE TABLE tombstones (install UBIGINT NOT NULL, until BIGINT NOT NULL);

-- What the warehouse knows of itself, by name.
CREATE TABLE facts (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
