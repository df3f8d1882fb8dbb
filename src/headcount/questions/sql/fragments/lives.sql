-- Which releases of Buildbot an installation ran, from when on and until when.
SELECT install, release AS ran, day AS began, upto AS ended
FROM first
WHERE release > 0
