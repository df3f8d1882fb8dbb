-- Stock sends a report again, over plain HTTP, within minutes: past midnight it is still that of the day before.
DELETE FROM fresh
WHERE what = 'repeat'
    AND EXISTS (
        FROM (
            SELECT install, profile, last FROM sightings
            WHERE day = (SELECT make_timestamp(min(received) * 1000000)::DATE - 1 FROM fresh WHERE what = 'repeat')
            UNION ALL
            SELECT install, profile, received AS last FROM fresh WHERE what = 'report'
        ) AS before
        WHERE before.install = fresh.install AND before.profile = fresh.profile
            AND before.last BETWEEN fresh.received - 600 AND fresh.received
    );
