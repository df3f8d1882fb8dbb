-- Whether the master's release of Buildbot is newer than the vocabulary by which its names were scrubbed.
ALTER TABLE profiles ADD COLUMN newer UTINYINT DEFAULT 0;
ALTER TABLE profiles ALTER COLUMN newer SET NOT NULL;
