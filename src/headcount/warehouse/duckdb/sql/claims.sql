-- From `fresh` to `origins`: since when an installation reports with its secret.
CREATE OR REPLACE TEMP TABLE first_claims AS
SELECT install, arg_min(stock, (received, profile, stock)) AS stock, min(received) AS first_at,
    arg_min(profile, inOrder(received, profile)) AS first_profile
FROM fresh
WHERE stock > 0
GROUP BY install;

-- An older report than those that are known is the first one, unless what came before it is no longer held.
CREATE OR REPLACE TEMP TABLE earlier_claims AS
SELECT first_claims.*
FROM first_claims LEFT JOIN origins USING (install)
WHERE origins.install IS NULL
    OR (inOrder(first_claims.first_at, first_claims.first_profile) < inOrder(origins.first_at, origins.first_profile)
        AND aliveSince(dayOf(first_claims.first_at)) >= (SELECT coalesce(min(value::DATE), DATE '1970-01-01') FROM facts WHERE name = 'held since'));
DELETE FROM origins WHERE install IN (SELECT install FROM earlier_claims);
INSERT INTO origins SELECT install, stock, first_at, first_profile, NULL FROM earlier_claims;
