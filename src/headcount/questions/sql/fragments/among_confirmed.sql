-- True of those that were seen on two different days up to the day, and are not set apart on it.
install IN (SELECT install FROM births WHERE second <= {judged_on}) AND {among_alive}
