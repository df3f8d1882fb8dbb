-- How many instances each profile has of each class, subclasses included; few classes have more than one entry.
SELECT profile, class, weight, times
FROM ({uses})
WHERE alone = 1
UNION ALL
SELECT profile, class, max(weigh) AS weight, sum(occurrences) AS times
FROM (SELECT profile, class, weight AS weigh, times AS occurrences FROM ({uses}) WHERE alone = 0)
GROUP BY profile, class
