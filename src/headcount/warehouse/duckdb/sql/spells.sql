-- From `points` (install, day, profile, upto): since that day the installation had the profile, through `upto` unless another
-- point of it follows before. What follows with the same profile before there is a gap is one spell with it.
INSERT INTO spells
SELECT install, profile, min(day), max(through)
FROM (
    SELECT *, sum(begins) OVER (PARTITION BY install ORDER BY day) AS number
    FROM (
        SELECT
            *,
            CASE
                WHEN lag(profile) OVER of_install = profile AND lag(through) OVER of_install = day - 1 THEN 0
                ELSE 1
            END AS begins
        FROM (
            SELECT install, day, profile, least(upto, lead(day) OVER of_install - 1) AS through
            FROM points
            WINDOW of_install AS (PARTITION BY install ORDER BY day)
        )
        WINDOW of_install AS (PARTITION BY install ORDER BY day)
    )
)
GROUP BY install, number, profile
ORDER BY install, min(day);
