-- Since when installations report with their secret, where that was in `wrong`, which is moved.
CREATE OR REPLACE TEMP TABLE moved_claims AS
SELECT install, first_at + $by::BIGINT AS first_at, first_profile
FROM origins
WHERE first_at BETWEEN $since::BIGINT AND $through::BIGINT;

-- What is held may be older; what had been set apart, and came back, is a claim as any other.
CREATE OR REPLACE TEMP TABLE first_of_moved AS
SELECT install, min(first_at) AS first_at, arg_min(first_profile, inOrder(first_at, first_profile)) AS first_profile
FROM (
    SELECT install, first_at, first_profile FROM moved_claims
    UNION ALL
    SELECT install, last, profile FROM sightings SEMI JOIN moved_claims USING (install)
    UNION ALL
    SELECT install, last + $by::BIGINT, profile FROM wrong SEMI JOIN moved_claims USING (install)
)
GROUP BY install;

-- They are judged anew, unless what came before them is no longer held.
UPDATE origins SET
    first_at = first_of_moved.first_at,
    first_profile = first_of_moved.first_profile,
    agrees = CASE
        WHEN aliveSince(dayOf(first_of_moved.first_at))
            < (SELECT coalesce(min(value::DATE), DATE '1970-01-01') FROM facts WHERE name = 'held since')
            THEN agrees
    END
FROM first_of_moved
WHERE first_of_moved.install = origins.install;

-- Who came as one of too many of a block did so on another day.
UPDATE crowded SET day = moved.moved_day
FROM (SELECT install, day, dayOf(min(last) + $by::BIGINT) AS moved_day FROM wrong GROUP BY install, day) AS moved
WHERE moved.install = crowded.install AND moved.day = crowded.day;
