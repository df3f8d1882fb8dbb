-- Profiles that nobody has any more.
DELETE FROM profiles
WHERE profile NOT IN (
    SELECT profile FROM sightings UNION SELECT profile FROM anonymous UNION SELECT profile FROM later
);
