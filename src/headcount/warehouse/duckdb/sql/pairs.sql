-- Which stock pseudonyms of `stirred` (stock) are in a pair, and with whom; the sightings of those pairs that change, as they are
-- counted; and `involved`: the installations whose derived rows that changes. `unsettled` (stock) has those pairs that are the
-- same, and whose sightings changed.

-- The first that agreed is the one.
CREATE OR REPLACE TEMP TABLE pairs_now AS
SELECT arg_min(install, inOrder(first_at, install)) AS install, stock
FROM origins SEMI JOIN stirred USING (stock)
WHERE agrees
GROUP BY stock;

CREATE OR REPLACE TEMP TABLE changed AS
SELECT stock FROM unsettled
UNION
SELECT stock
FROM (
    (SELECT install, stock FROM pairs_now EXCEPT SELECT install, stock FROM pairs)
    UNION ALL
    (SELECT install, stock FROM pairs SEMI JOIN stirred USING (stock) EXCEPT SELECT install, stock FROM pairs_now)
);

CREATE OR REPLACE TEMP TABLE involved AS
SELECT stock AS install FROM changed
UNION
SELECT install FROM pairs SEMI JOIN changed USING (stock)
UNION
SELECT install FROM pairs_now SEMI JOIN changed USING (stock);

DELETE FROM pairs WHERE stock IN (SELECT stock FROM changed);
DELETE FROM pair_sightings WHERE install IN (SELECT stock FROM changed);

-- halves: the sightings of both, each under the name of the pair.
CREATE OR REPLACE TEMP TABLE halves AS
SELECT joined.stock, sightings.install = joined.stock AS is_stock, day, profile, last
FROM (SELECT * FROM sightings WHERE install IN (SELECT install FROM involved)) AS sightings
JOIN (
    SELECT install, stock FROM pairs_now SEMI JOIN changed USING (stock)
    UNION ALL
    SELECT stock AS install, stock FROM pairs_now SEMI JOIN changed USING (stock)
) AS joined USING (install);

INSERT INTO pairs
SELECT
    install,
    stock,
    CASE
        WHEN install IN (SELECT install FROM veterans) THEN coalesce(days[1], DATE '2100-01-01')
        ELSE coalesce(days[2], DATE '2100-01-01')
    END,
    coalesce(until, DATE '1970-01-01')
FROM (SELECT * FROM pairs_now SEMI JOIN changed USING (stock))
LEFT JOIN (
    SELECT
        stock,
        list_sort(list(DISTINCT day) FILTER (NOT is_stock)) AS days,
        max(day) FILTER (is_stock) AS until
    FROM halves
    GROUP BY stock
) USING (stock);

-- On each day of one of the two: what the other one says where that decides.
CREATE OR REPLACE TEMP TABLE states AS
SELECT stock, is_stock, day, arg_max(profile, inOrder(last, profile)) AS state FROM halves GROUP BY stock, is_stock, day;

INSERT INTO pair_sightings (install, day, profile, second)
SELECT stock, day, counted_as, secondsSince(day, max(last))
FROM (
    -- What a stock report says counts until the secret is confirmed, and where the secret was not seen in the 13 months before.
    SELECT
        seen.stock,
        seen.day,
        seen.last,
        CASE WHEN seen.day >= confirmed AND other.day >= aliveSince(seen.day) THEN state ELSE profile END AS counted_as
    FROM (SELECT * FROM halves WHERE is_stock) AS seen
    JOIN pairs USING (stock)
    ASOF LEFT JOIN (SELECT stock, day, state FROM states WHERE NOT is_stock) AS other
        ON seen.stock = other.stock AND seen.day >= other.day
    UNION ALL
    -- What a report with the secret says counts once the secret is confirmed.
    SELECT
        seen.stock,
        seen.day,
        seen.last,
        CASE WHEN seen.day >= confirmed THEN profile ELSE coalesce(state, profile) END AS counted_as
    FROM (SELECT * FROM halves WHERE NOT is_stock) AS seen
    JOIN pairs USING (stock)
    ASOF LEFT JOIN (SELECT stock, day, state FROM states WHERE is_stock) AS other
        ON seen.stock = other.stock AND seen.day >= other.day
)
GROUP BY stock, day, counted_as
ORDER BY stock, day;

-- Who is another installation now is set apart anew.
DELETE FROM comebacks WHERE install IN (SELECT install FROM involved);
DELETE FROM quarantine WHERE install IN (SELECT install FROM involved);
