-- When an installation was seen: the last time in each whole month, and all times of a month that is cut short.
SELECT install AS name, last AS moment FROM month WHERE m < toDate($end_cut)
UNION ALL
SELECT install AS name, last AS moment FROM sightings WHERE day >= toDate($end_cut) AND day <= toDate($end)
