-- Those of `seen` that were seen on two different days of their life.
SELECT install, profile, lasted
FROM ({seen})
WHERE install IN (SELECT install FROM births WHERE second <= toDate($until))
