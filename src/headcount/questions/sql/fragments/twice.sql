-- True of those that were seen on two different days of their life, and are not set apart: as a filter it leaves the confirmed.
install IN (SELECT install FROM births WHERE second <= toDate($until))
AND install NOT IN (SELECT install FROM quarantine WHERE released > toDate($until))
