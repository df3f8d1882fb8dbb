-- How many of the same masters there are, by what they were asked on both days.
SELECT asked_then, asked_now, sum(many) AS masters
FROM ({turns})
GROUP BY asked_then, asked_now
