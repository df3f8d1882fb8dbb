SELECT version, count() AS installations
FROM (
    SELECT member, version
    FROM (
        SELECT member, ran AS version, began FROM ({lives}) WHERE member IN (SELECT install FROM ({installations}))
    ) AS higher
    JOIN (SELECT DISTINCT member, ran AS under, ended AS lasted_to FROM ({lives})) AS lower_one USING (member)
    WHERE under < version AND lasted_to > began
    GROUP BY member, version
)
GROUP BY version
ORDER BY installations DESC, version DESC
