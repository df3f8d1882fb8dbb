-- Whose first day is in `apart`, all of it, has not come yet: where it comes back, it is marked by what is in `later`.
DELETE FROM crowded
WHERE (install, day) IN (SELECT (install, day) FROM apart)
    AND (install, day) NOT IN (SELECT (install, day) FROM sightings UNION ALL SELECT (install, day) FROM batch);
