-- The installations in `involved` are derived again, and so are the days on which one of them was seen.
CREATE OR REPLACE TEMP TABLE again AS SELECT install FROM involved;
CREATE OR REPLACE TEMP TABLE touched_days AS SELECT DISTINCT day FROM sightings WHERE install IN (SELECT install FROM involved);
