-- How many were seen in the window, and are set apart at its end.
SELECT count() AS number_apart
FROM ({seen})
WHERE install IN ({apart})
