-- The installations in `involved` are derived again too, and so are the days on which one of them was seen.
INSERT INTO again SELECT install FROM involved WHERE install NOT IN (SELECT install FROM again);
INSERT INTO touched_days SELECT DISTINCT day FROM sightings WHERE install IN (SELECT install FROM involved);
