-- Empties the derived tables and puts every sighting into `batch`, so that deriving makes them whole.
DELETE FROM month;
DELETE FROM first;
DELETE FROM life;
DELETE FROM daily;
CREATE OR REPLACE TEMP TABLE batch AS SELECT install, day, profile, last FROM sightings;
