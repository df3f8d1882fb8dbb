SELECT highest, runs, count() AS installations, min(outdated) AS earliest, max(outdated) AS latest_day
FROM (
    SELECT install, runs
    FROM ({installations}) AS those
    JOIN (SELECT {distinct} profile, buildbot AS runs FROM profiles WHERE buildbot > 0) AS joined USING (profile)
) AS present
JOIN (
    SELECT install, max(ran) AS highest, argMax(ended, (ran, ended)) AS outdated FROM ({lives}) GROUP BY install
) AS ever_ran USING (install)
WHERE highest > runs
GROUP BY highest, runs
ORDER BY installations DESC, highest DESC, runs DESC
