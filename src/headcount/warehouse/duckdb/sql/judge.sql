-- Of those in `origins` whose stock pseudonym is in `stirred`, and that were not judged yet: whether they agree.

-- A stock pseudonym and one with a secret are a pair where the first report with the secret agrees with the last stock one before
-- it, and with all of the 13 months before it; one of the same second counts as before it. Two agree where no more than a tenth of the classes, with their depths, of both are in
-- one alone; the depth of a class without a public ancestor is unknown to stock, and kinds that only our reporter counts do not
-- matter. What names no class agrees with nothing, and contradicts nothing.
CREATE OR REPLACE TEMP TABLE unjudged AS
SELECT install, stock, first_at, first_profile FROM origins SEMI JOIN stirred USING (stock) WHERE agrees IS NULL;

-- Of equal reports of a day a sighting has the last alone: those that are loaded now are all in `fresh`, where there are any.
CREATE TEMP TABLE IF NOT EXISTS fresh (install UBIGINT, profile UBIGINT, received BIGINT);

CREATE OR REPLACE TEMP TABLE before AS
SELECT DISTINCT unjudged.install, profile
FROM (
    SELECT install AS stock, day, last, profile
    FROM sightings
    WHERE install IN (SELECT stock FROM unjudged)
    UNION ALL
    SELECT install AS stock, dayOf(received) AS day, received AS last, profile
    FROM fresh
    WHERE install IN (SELECT stock FROM unjudged)
) AS stock_reports
JOIN unjudged USING (stock)
WHERE last <= first_at
QUALIFY day >= aliveSince(dayOf(first_at))
    OR row_number() OVER (PARTITION BY unjudged.install ORDER BY last DESC, profile DESC) = 1;

CREATE OR REPLACE TEMP TABLE entries AS
SELECT DISTINCT profile, class * 256 + CASE WHEN class = 1 THEN 0 ELSE depth END AS entry
FROM (
    SELECT profile, unnest(classes)::INTEGER AS class, unnest(depths)::INTEGER AS depth
    FROM profiles
    WHERE profile IN (SELECT profile FROM before UNION SELECT first_profile FROM unjudged)
)
WHERE class NOT IN (
    SELECT class FROM classes
    WHERE kind IN (
            'www', 'secrets provider', 'authentication', 'report generator', 'machine', 'configurator', 'factory'
        )
);

CREATE OR REPLACE TEMP TABLE verdicts AS
SELECT install, bool_and(10 * (mine + theirs - 2 * common) <= mine + theirs - common) AS agrees
FROM (
    SELECT
        before.install,
        (SELECT count(*) FROM entries WHERE entries.profile = unjudged.first_profile) AS mine,
        (SELECT count(*) FROM entries WHERE entries.profile = before.profile) AS theirs,
        (
            SELECT count(*) FROM entries
            WHERE entries.profile = before.profile
                AND entry IN (SELECT other.entry FROM entries AS other WHERE other.profile = unjudged.first_profile)
        ) AS common
    FROM before JOIN unjudged USING (install)
)
WHERE mine > 0 AND theirs > 0
GROUP BY install;

UPDATE origins SET agrees = install IN (SELECT install FROM verdicts WHERE agrees)
WHERE install IN (SELECT install FROM unjudged);
