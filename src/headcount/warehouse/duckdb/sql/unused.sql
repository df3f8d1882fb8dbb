-- Profiles that nobody has any more.
DELETE FROM profiles
WHERE profile NOT IN (
    SELECT profile FROM sightings UNION SELECT profile FROM anonymous UNION SELECT profile FROM later
);

-- Classes that none of the others has; the first and the last numbers are those of `custom`.
DELETE FROM classes
WHERE class > 2 AND class < 65534
    AND class NOT IN (SELECT unnest(classes) FROM profiles UNION ALL SELECT unnest(variety_classes) FROM profiles);
