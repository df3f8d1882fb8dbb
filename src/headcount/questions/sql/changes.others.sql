-- Who is not among the same masters: known on the day of the comparison and not seen since, alive at the end or not, and new.
SELECT part, count() AS installations
FROM (
    SELECT 'silent' AS part, install FROM ({known_then}) WHERE install NOT IN ({again}) AND install IN ({present})
    UNION ALL
    SELECT 'gone' AS part, install FROM ({known_then}) WHERE install NOT IN ({present})
    UNION ALL
    SELECT 'new' AS part, install
    FROM ({installations})
    WHERE install IN (SELECT install FROM (
        SELECT install, min(earliest) AS birth FROM births WHERE day <= toDate($until) GROUP BY install
    ) WHERE birth > {judged_on})
)
GROUP BY part
