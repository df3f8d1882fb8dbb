-- Installations of the basis that had said their release of Buildbot by the end of the window, each with its last profile in it.
SELECT install, profile
FROM ({installations})
WHERE {said}
