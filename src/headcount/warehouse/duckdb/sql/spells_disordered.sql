-- To `points`: all days of the installations in `disordered`.
INSERT INTO points
SELECT install, day, arg_max(profile, inOrder(last, profile)), aliveUntil(day)
FROM counted SEMI JOIN disordered USING (install)
GROUP BY install, day;
