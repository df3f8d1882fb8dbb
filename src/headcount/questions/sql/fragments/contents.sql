-- What of each profile is compared, and which kinds of it were asked for: a sum of powers of two.
SELECT {distinct} profile, {compared_parts} AS compared, {asked_for} AS asked FROM profiles
