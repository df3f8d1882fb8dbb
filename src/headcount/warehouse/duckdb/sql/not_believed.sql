-- The sightings in `apart` (install, day, profile, last), which are gone, are set apart as the reports that they were.
INSERT INTO later
SELECT install, profile, last, $noted::BIGINT, coalesce(stock, 0), (install, day) IN (SELECT (install, day) FROM crowded)
FROM apart LEFT JOIN origins USING (install)
EXCEPT
FROM later;
