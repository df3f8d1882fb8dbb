-- What full reports say since schema 2, and what is not the administrator's.

ALTER TABLE profiles ADD COLUMN build VARCHAR DEFAULT '';          -- how Buildbot was built: release, pre-release, development, local
ALTER TABLE profiles ADD COLUMN driver VARCHAR DEFAULT '';         -- of the database
ALTER TABLE profiles ADD COLUMN server VARCHAR DEFAULT '';         -- the database server's version, two numbers at most
ALTER TABLE profiles ADD COLUMN worker_releases UINTEGER[] DEFAULT [];   -- worker_bands[i] workers, at the least, run
ALTER TABLE profiles ADD COLUMN worker_bands UTINYINT[] DEFAULT [];      -- worker_releases[i]: 1, 2, 6 or 21
ALTER TABLE profiles ADD COLUMN hooks VARCHAR[] DEFAULT [];        -- private ones are 'custom', once each
ALTER TABLE profiles ADD COLUMN protocols VARCHAR[] DEFAULT [];
ALTER TABLE profiles ADD COLUMN variety_classes USMALLINT[] DEFAULT [];  -- varieties[i] different classes, at the least, stand
ALTER TABLE profiles ADD COLUMN varieties UTINYINT[] DEFAULT [];         -- behind variety_classes[i]: 1, 2, 6 or 21
ALTER TABLE profiles ADD COLUMN janitor UTINYINT DEFAULT 0;        -- whether what JanitorConfigurator adds was left out
ALTER TABLE profiles ALTER COLUMN build SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN driver SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN server SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN worker_releases SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN worker_bands SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN hooks SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN protocols SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN variety_classes SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN varieties SET NOT NULL;
ALTER TABLE profiles ALTER COLUMN janitor SET NOT NULL;

-- Classes without a public ancestor that configurators and factories are; the numbers from 3 on may be taken.
INSERT INTO classes VALUES (65534, 'custom', 'configurator'), (65535, 'custom', 'factory');

-- What DuckDB lacks of the subset, for the numbers in a text. What is no number is 0.
CREATE MACRO splitByChar(mark, x) AS string_split(x, mark);
CREATE MACRO toUInt32OrZero(x) AS coalesce(TRY_CAST(x AS UINTEGER), 0);
