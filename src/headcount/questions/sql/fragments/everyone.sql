-- All installations of the basis.
SELECT everyone, count() AS installations
FROM (SELECT install, 1 AS everyone FROM ({installations}))
GROUP BY everyone
