-- Stock sends a report again, over plain HTTP, within minutes: past midnight it is still that of the day before. Within a day it
-- is a report as any other, so that the moments of sightings do not depend on what came in one batch.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT DISTINCT install, profile, received FROM fresh WHERE what = 'repeat' AND received % 86400 < 600;

CREATE OR REPLACE TEMP TABLE repeated_here AS
SELECT DISTINCT install, profile, received
FROM repeated
JOIN (
    -- A sighting that is of one of these is no report that it repeats.
    SELECT install, profile, last FROM sightings ANTI JOIN repeats USING (install, profile, last)
    WHERE day IN (SELECT unnest([dayOf(received) - 1, dayOf(received)]) FROM repeated)
    UNION ALL
    SELECT install, profile, received AS last FROM fresh WHERE what = 'report'
) AS before USING (install, profile)
WHERE before.last BETWEEN received - 600 AND received;

-- The others count, until what they repeat comes.
INSERT INTO repeats
SELECT install, profile, received AS last
FROM (FROM repeated EXCEPT FROM repeated_here)
EXCEPT
FROM repeats;

DELETE FROM fresh
WHERE what = 'repeat' AND (install, profile, received) IN (SELECT (install, profile, received) FROM repeated_here);
