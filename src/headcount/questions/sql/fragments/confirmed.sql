-- Those of `seen` that were seen on two different days of their life, and are not set apart at the end of the window.
SELECT install, profile, lasted
FROM ({seen})
WHERE install IN (SELECT install FROM births WHERE second <= toDate($until))
    AND install NOT IN (SELECT install FROM quarantine WHERE released > toDate($until))
