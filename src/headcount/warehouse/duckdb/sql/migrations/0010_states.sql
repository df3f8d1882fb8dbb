-- So that an answer over a window need not read its sightings: when each month's last report came, and until when a release
-- was run.
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
