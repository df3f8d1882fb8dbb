-- From `fresh` to `crowded`: who came as one of too many of its block of addresses, and was not known before.
INSERT INTO crowded
SELECT DISTINCT fresh.install, dayOf(received)
FROM fresh LEFT JOIN births USING (install)
WHERE fresh.crowded
    AND coalesce(births.day >= dayOf(received), TRUE)
    AND (fresh.install, dayOf(received)) NOT IN (SELECT (install, day) FROM crowded);
