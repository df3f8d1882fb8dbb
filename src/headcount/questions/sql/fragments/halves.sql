-- The pseudonyms that are one half of a pair.
SELECT stock AS half FROM pairs
UNION ALL
SELECT install AS half FROM pairs
