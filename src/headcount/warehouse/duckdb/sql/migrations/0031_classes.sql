-- So that many classes are compared and counted in no time, and take less room: a profile holds their numbers.
CREATE TABLE classes (
    class USMALLINT NOT NULL,          -- 1 is `custom`, a class with no public ancestor; 2 is a private plugin of the web interface
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL              -- loads keep it up with the vocabulary; plugins of the web interface are 'www'
);
INSERT INTO classes
SELECT row_number() OVER (ORDER BY name <> 'custom', kind = 'www', name), name, kind
FROM (
    SELECT name, max(kind) AS kind
    FROM (SELECT unnest(names) AS name, unnest(kinds) AS kind FROM profiles UNION ALL VALUES ('custom', 'other'), ('custom', 'www'))
    GROUP BY name, kind = 'www'
);

CREATE TEMP TABLE numbered AS
SELECT profile, list(class ORDER BY place) AS classes
FROM (
    SELECT profile, unnest(names) AS name, unnest(kinds) = 'www' AS web, unnest(range(len(names))) AS place FROM profiles
)
JOIN (SELECT class, name, kind = 'www' AS web FROM classes) USING (name, web)
GROUP BY profile;

ALTER TABLE profiles RENAME TO profiles_before;
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
    classes USMALLINT[] NOT NULL,      -- classes[i], or a class depths[i] below it, occurs counts[i] times; by name and depth,
    depths UTINYINT[] NOT NULL,        -- those of the web interface behind all others
    counts UINTEGER[] NOT NULL,
    sequences VARCHAR[][] NOT NULL,    -- pipelines: the steps of sequences[i] are those of builders[i] builders
    builders UINTEGER[] NOT NULL,
    scrubbed VARCHAR[] NOT NULL,       -- fields of which scrubs[i] values were not public
    scrubs UINTEGER[] NOT NULL,
    newer UTINYINT NOT NULL            -- whether the master's release is newer than the vocabulary that scrubbed its names
);
INSERT INTO profiles
SELECT profile, sender, level, vocabulary, answered, buildbot, python, twisted, sqlalchemy, system, machine, distro, kernel,
    implementation, db, mq, multi_master, coalesce(classes, []), depths, counts, sequences, builders, scrubbed, scrubs, newer
FROM profiles_before
LEFT JOIN numbered USING (profile);
DROP TABLE profiles_before;
DROP TABLE numbered;
