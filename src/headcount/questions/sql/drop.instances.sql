-- How many instances of each class that the condition names the installations of whom it is true have, subclasses included.
SELECT plugin, times, installations
FROM (
    SELECT class, times, sum(weighs) AS installations
    FROM (
        SELECT profile, class, max(weight) AS weighs, sum(occurrences) AS times
        FROM (SELECT profile, class, weight, times AS occurrences FROM ({uses}) WHERE class IN ({named_classes}))
        GROUP BY profile, class
    )
    GROUP BY class, times
) AS counted
JOIN ({named}) AS joined USING (class)
