SELECT version, sum(weight) AS installations
FROM ({weights}) AS weighed
JOIN (
    SELECT {distinct} profile, buildbot AS version FROM profiles WHERE {condition} AND buildbot > 0
) AS joined USING (profile)
GROUP BY version
ORDER BY installations DESC, version DESC
