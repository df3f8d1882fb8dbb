-- What no answer but `coverage` counts: profiles without an install id, and what was thrown away, each once a UTC day.
INSERT INTO anonymous
SELECT DISTINCT make_timestamp(received * 1000000)::DATE AS day, profile
FROM arrived
WHERE what = 'anonymous' AND received <= $latest::BIGINT
    AND (make_timestamp(received * 1000000)::DATE, profile) NOT IN (SELECT (day, profile) FROM anonymous);

INSERT INTO drops
SELECT DISTINCT make_timestamp(received * 1000000)::DATE AS day, what, install
FROM arrived
WHERE what NOT IN ('report', 'repeat', 'anonymous') AND received <= $latest::BIGINT
    AND (make_timestamp(received * 1000000)::DATE, what, install) NOT IN (SELECT (day, kind, body) FROM drops);
