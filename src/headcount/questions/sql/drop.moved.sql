-- Of whom it was true, and is not any more: from when on it was, and since when it is not.
SELECT began, ended, count() AS installations
FROM (
    SELECT install, began, min(start) AS ended
    FROM (
        SELECT install, min(day) AS began, max(day) AS last_begun
        FROM spells
        WHERE day <= toDate($until) AND profile IN (SELECT profile FROM profiles WHERE {condition})
        GROUP BY install
    ) AS users
    JOIN (
        SELECT {distinct} install, day AS start
        FROM spells
        WHERE day <= toDate($until) AND profile IN (SELECT profile FROM profiles WHERE {denied})
    ) AS others USING (install)
    WHERE start > last_begun
        AND install IN (
            SELECT install FROM ({installations}) WHERE profile IN (SELECT profile FROM profiles WHERE {denied})
        )
    GROUP BY install, began
)
GROUP BY began, ended
