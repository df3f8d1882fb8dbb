-- How many instances of all classes that the condition names the installations of whom it is true have.
SELECT total, sum(weighs) AS installations
FROM (
    SELECT profile, max(weight) AS weighs, sum(times) AS total
    FROM ({uses})
    WHERE class IN ({named_classes})
    GROUP BY profile
)
GROUP BY total
