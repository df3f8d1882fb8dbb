-- True of those that were seen on two different days of their life: as a filter it leaves the confirmed ones.
install IN (SELECT install FROM life WHERE again <= toDate($until))
