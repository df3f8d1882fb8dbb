-- Those of `seen` that are not set apart at the end of the window.
SELECT install, profile, lasted
FROM ({seen})
WHERE install NOT IN ({apart})
