-- So that a report takes less room: a moment is kept as the seconds since its day or month began, which are small numbers; who
-- asks sees `last`, Unix time, as before.
ALTER TABLE sightings RENAME TO sightings_before;
CREATE TABLE sightings (
    install UBIGINT NOT NULL,
    day DATE NOT NULL,                 -- the UTC day of receipt
    profile UBIGINT NOT NULL,
    second UINTEGER NOT NULL,          -- of the last receipt on that day, from its beginning
    last UINTEGER GENERATED ALWAYS AS (CAST(date_diff('day', DATE '1970-01-01', day) * 86400 + second AS UINTEGER))
);
INSERT INTO sightings (install, day, profile, second)
SELECT install, day, profile, last - date_diff('day', DATE '1970-01-01', day) * 86400
FROM sightings_before
ORDER BY install, day;
DROP TABLE sightings_before;

ALTER TABLE month RENAME TO month_before;
CREATE TABLE month (
    m DATE NOT NULL,
    install UBIGINT NOT NULL,
    profile UBIGINT NOT NULL,          -- the last one of the month
    days UTINYINT NOT NULL,            -- on how many days it was seen
    second UINTEGER NOT NULL,          -- of the last receipt in it, from its beginning
    last UINTEGER GENERATED ALWAYS AS (CAST(date_diff('day', DATE '1970-01-01', m) * 86400 + second AS UINTEGER))
);
INSERT INTO month (m, install, profile, days, second)
SELECT m, install, profile, days, last - date_diff('day', DATE '1970-01-01', m) * 86400
FROM month_before
ORDER BY install, m;
DROP TABLE month_before;

-- Derived: the last report of each installation, so that an answer about the present need not look for it among the months.
CREATE TABLE latest (
    install UBIGINT NOT NULL,
    profile UBIGINT NOT NULL,
    last UINTEGER NOT NULL             -- when it came, Unix time
);
INSERT INTO latest
SELECT install, arg_max(profile, (last, profile)), max(last)
FROM month
GROUP BY install
ORDER BY install;
