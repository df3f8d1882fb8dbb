-- How many were seen in the window, and are set apart at its end.
SELECT count() AS apart
FROM ({seen})
WHERE install IN (SELECT install FROM quarantine WHERE came <= toDate($until) AND released > toDate($until))
