SELECT version, count() AS installations
FROM (
    SELECT install, version
    FROM (
        SELECT install, release AS version, day AS began
        FROM first
        WHERE release > 0 AND install IN (SELECT install FROM ({installations}))
    ) AS higher
    JOIN (SELECT DISTINCT install, release AS under, upto AS ended FROM first WHERE release > 0) AS lower_one USING (install)
    WHERE under < version AND ended > began
    GROUP BY install, version
)
GROUP BY version
ORDER BY installations DESC, version DESC
