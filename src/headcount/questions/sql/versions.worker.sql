SELECT version, sum(weight) AS installations, sum(weight * least) AS workers
FROM (
    SELECT weight, worker_releases[i + 1] AS version, worker_bands[i + 1] AS least
    FROM (
        SELECT weight, worker_releases, worker_bands, arrayJoin(range(length(worker_releases))) AS i
        FROM ({weights}) AS weighed
        JOIN (SELECT {distinct} profile, worker_releases, worker_bands FROM profiles) AS joined USING (profile)
    )
)
GROUP BY version
ORDER BY installations DESC, version DESC
