-- So that an answer over a window need not read its sightings: when each month's last report came, how long a release
-- was run, and the days that make an installation born and confirmed.
DROP TABLE month;
CREATE TABLE month (
    m DATE NOT NULL,
    install UBIGINT NOT NULL,
    profile UBIGINT NOT NULL,          -- the last one of the month
    days UTINYINT NOT NULL,            -- on how many days it was seen
    last UINTEGER NOT NULL             -- the last receipt in it, Unix time
);
INSERT INTO month
SELECT date_trunc('month', day)::DATE, install, arg_max(profile, (last, profile)), count(DISTINCT day), max(last)
FROM sightings
GROUP BY ALL;

DROP TABLE first;
CREATE TABLE first (
    install UBIGINT NOT NULL,
    release UINTEGER NOT NULL,         -- of Buildbot; 0 where it was not said
    day DATE NOT NULL,                 -- the first on which the installation ran it
    upto DATE NOT NULL                 -- the last on which it did
);
INSERT INTO first
SELECT install, buildbot, min(day), max(day)
FROM (SELECT install, profile, day FROM sightings)
JOIN (SELECT profile, buildbot FROM profiles) USING (profile)
GROUP BY ALL;

CREATE TABLE life (
    install UBIGINT NOT NULL,
    born DATE NOT NULL,                -- the first day on which it was seen
    again DATE NOT NULL                -- the second; 2100-01-01 while there is none
);
INSERT INTO life
SELECT install, earliest, coalesce(min(day) FILTER (WHERE day > earliest), DATE '2100-01-01')
FROM sightings
JOIN (SELECT install, min(day) AS earliest FROM sightings GROUP BY install) USING (install)
GROUP BY install, earliest;
