-- Which releases of Buildbot an installation ran, from when on and until when; what it did before it moved to a secret is told
-- of its new name too.
SELECT install AS member, release AS ran, day AS began, upto AS ended
FROM first
WHERE release > 0
UNION ALL
SELECT successor AS member, ran, began, ended
FROM (SELECT install AS predecessor, release AS ran, day AS began, upto AS ended FROM first WHERE release > 0) AS before
JOIN ({heirs}) AS joined USING (predecessor)
