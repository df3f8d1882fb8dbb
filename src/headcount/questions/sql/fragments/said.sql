-- True of those that had said their release of Buildbot by the end of the window.
install IN (SELECT install FROM first WHERE release > 0 AND day <= toDate($until))
