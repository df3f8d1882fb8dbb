SELECT version, count() AS installations
FROM (
    SELECT install, version
    FROM (
        SELECT install, ran AS version, began FROM ({lives}) WHERE install IN (SELECT install FROM ({installations}))
    ) AS higher
    JOIN (SELECT DISTINCT install, ran AS under, ended AS lasted_to FROM ({lives})) AS lower_one USING (install)
    WHERE under < version AND lasted_to > began
    GROUP BY install, version
)
GROUP BY version
ORDER BY installations DESC, version DESC
