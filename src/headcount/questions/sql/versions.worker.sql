-- Who has workers of several releases of a series counts once for the series. A series is given by the first number in it.
SELECT version, sum(weigh) AS installations, sum(weigh * workers) AS workers_at_least
FROM (
    SELECT profile, version, max(weight) AS weigh, sum(least) AS workers
    FROM (
        SELECT
            profile,
            weight,
            toInt64(floor(worker_releases[i + 1] / $width)) * $width AS version,
            worker_bands[i + 1] AS least
        FROM (
            SELECT profile, weight, worker_releases, worker_bands, arrayJoin(range(length(worker_releases))) AS i
            FROM ({weights}) AS weighed
            JOIN (SELECT {distinct} profile, worker_releases, worker_bands FROM profiles) AS joined USING (profile)
        )
    )
    GROUP BY profile, version
)
GROUP BY version
ORDER BY version DESC
