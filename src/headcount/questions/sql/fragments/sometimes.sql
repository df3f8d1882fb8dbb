-- Of whom the condition was true at the end of some day of the window.
SELECT install
FROM spells
WHERE day <= toDate($until) AND upto >= toDate($since) AND profile IN ({matching_profiles})
