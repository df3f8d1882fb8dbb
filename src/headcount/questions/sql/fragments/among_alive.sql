-- True of those that are not set apart on the day.
install NOT IN (SELECT install FROM quarantine WHERE came <= {judged_on} AND released > {judged_on})
