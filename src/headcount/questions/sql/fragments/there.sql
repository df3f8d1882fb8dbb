-- Installations of the basis that had said their release of Buildbot by the end of the window.
SELECT install, profile
FROM ({installations})
WHERE install IN (SELECT install FROM first WHERE release > 0 AND day <= toDate($until))
