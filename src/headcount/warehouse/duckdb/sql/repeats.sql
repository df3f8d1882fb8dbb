-- Stock sends a report again, over plain HTTP, within minutes: past midnight it is still that of the day before.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT DISTINCT install, profile, received, received % 86400 < 600 AS past_midnight FROM fresh WHERE what = 'repeat';

CREATE OR REPLACE TEMP TABLE repeated_here AS
SELECT DISTINCT install, profile, received
FROM repeated
JOIN (
    SELECT install, profile, last FROM sightings
    WHERE day IN (SELECT unnest([dayOf(received) - 1, dayOf(received)]) FROM repeated WHERE past_midnight)
    UNION ALL
    SELECT install, profile, received AS last FROM fresh WHERE what = 'report'
) AS before USING (install, profile)
WHERE before.last BETWEEN received - 600 AND received;

-- The others count, until what they repeat comes; within a day that changes nothing.
INSERT INTO repeats
SELECT install, profile, received AS last
FROM (SELECT install, profile, received FROM repeated WHERE past_midnight EXCEPT FROM repeated_here)
EXCEPT
FROM repeats;

DELETE FROM fresh
WHERE what = 'repeat' AND (install, profile, received) IN (SELECT (install, profile, received) FROM repeated_here);
