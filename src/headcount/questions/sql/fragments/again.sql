-- Who reported after the day of the comparison, up to the end of the window.
SELECT install FROM ({reports}) WHERE moment >= toRelativeDayNum(addDays({judged_on}, 1)) * 86400
