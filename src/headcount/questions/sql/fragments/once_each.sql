-- Each profile as one installation would count.
SELECT {distinct} profile, 1 AS weight FROM profiles
