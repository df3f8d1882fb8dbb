-- From when to when in the window the condition was true of whom.
SELECT {distinct} install, day AS started, upto AS lasted_until
FROM spells
WHERE day <= toDate($until) AND upto >= toDate($since) AND profile IN ({matching_profiles})
