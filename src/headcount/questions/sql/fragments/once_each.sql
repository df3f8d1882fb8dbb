-- Each profile as one installation would count.
SELECT DISTINCT profile, 1 AS weight FROM profiles
