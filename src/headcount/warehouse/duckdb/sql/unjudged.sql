-- Those whose origin was moved, but of whom the last sighting of that day was not, are derived again: `again` and `touched_days`.
CREATE OR REPLACE TEMP TABLE again AS SELECT install FROM origins WHERE agrees IS NULL;
CREATE OR REPLACE TEMP TABLE touched_days (day DATE);
