-- What reports say, and when they came. `profile` and `install` are pseudonyms; 0 and '' mean: not answered.
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
    names VARCHAR[] NOT NULL,          -- plugins: names[i] of kinds[i], depths[i] below it, occurs counts[i] times
    kinds VARCHAR[] NOT NULL,
    depths UTINYINT[] NOT NULL,
    counts UINTEGER[] NOT NULL,
    sequences VARCHAR[][] NOT NULL,    -- pipelines: the steps of sequences[i] are those of builders[i] builders
    builders UINTEGER[] NOT NULL,
    scrubbed VARCHAR[] NOT NULL,       -- fields of which scrubs[i] values were not public
    scrubs UINTEGER[] NOT NULL
);
CREATE TABLE sightings (
    install UBIGINT NOT NULL,
    day DATE NOT NULL,                 -- the UTC day of receipt
    profile UBIGINT NOT NULL,
    last UINTEGER NOT NULL             -- the last receipt on that day, Unix time
);

-- Derived from those two, kept up by each load, made again by a rebuild.
CREATE TABLE month (
    m DATE NOT NULL,
    install UBIGINT NOT NULL,
    profile UBIGINT NOT NULL,          -- the last one of the month
    days UTINYINT NOT NULL             -- on how many days it was seen
);
CREATE TABLE first (
    install UBIGINT NOT NULL,
    release UINTEGER NOT NULL,         -- of Buildbot; 0 where it was not said
    day DATE NOT NULL                  -- the first on which the installation ran it
);
CREATE TABLE daily (
    day DATE NOT NULL,
    installs UINTEGER NOT NULL,        -- seen on that day
    newcomers UINTEGER NOT NULL        -- seen on that day for the first time
);

-- How far each inbox was loaded, and what it counted beside reports.
CREATE TABLE marks (inbox VARCHAR NOT NULL, through UBIGINT NOT NULL);
CREATE TABLE tally (inbox VARCHAR NOT NULL, day DATE NOT NULL, what VARCHAR NOT NULL, n UBIGINT NOT NULL);
