-- From `fresh` to `crowded`: of whom all reports of the first day came as those of one of too many of their block of addresses.
CREATE OR REPLACE TEMP TABLE first_days AS
SELECT install, dayOf(received) AS day, bool_and(crowded) AS crowded
FROM fresh
GROUP BY install, dayOf(received)
QUALIFY row_number() OVER (PARTITION BY install ORDER BY day) = 1;

-- A report from elsewhere, or from a day before, clears it.
DELETE FROM crowded USING first_days
WHERE crowded.install = first_days.install
    AND (crowded.day > first_days.day OR (crowded.day = first_days.day AND NOT first_days.crowded));

-- Births name a pair by its stock pseudonym; since when the other one reports, `origins` has.
INSERT INTO crowded
SELECT install, first_days.day
FROM first_days
LEFT JOIN births USING (install)
LEFT JOIN origins USING (install)
WHERE first_days.crowded
    AND coalesce(births.day >= first_days.day, TRUE)
    AND coalesce(dayOf(origins.first_at) >= first_days.day, TRUE)
    AND (install, first_days.day) NOT IN (
        SELECT (install, day) FROM sightings WHERE day IN (SELECT day FROM first_days WHERE crowded)
    );
