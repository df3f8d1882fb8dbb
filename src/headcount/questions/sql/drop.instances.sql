-- How many instances of a class that the condition names the installations of whom it is true have, subclasses included.
SELECT plugin, times, installations
FROM (
    SELECT class, times, sum(weight) AS installations
    FROM ({together})
    WHERE class IN ({named_classes}) AND profile IN (SELECT profile FROM profiles WHERE {condition})
    GROUP BY class, times
) AS counted
JOIN ({named}) AS joined USING (class)
