-- From births and `floods_now` (day, newcomers, bound): who is set apart, and until when. `bounds` has the bound of each day.
DELETE FROM floods;
INSERT INTO floods SELECT day, newcomers, bound FROM floods_now;

CREATE OR REPLACE TEMP TABLE members AS
SELECT install, earliest AS came FROM births WHERE earliest = day AND earliest IN (SELECT day FROM floods_now);

CREATE OR REPLACE TEMP TABLE fresh_members AS
SELECT install, came FROM members ANTI JOIN quarantine USING (install, came);

-- comebacks: all sightings of members after their first day. Of those who were members before only the batch is new.
DELETE FROM comebacks
WHERE install NOT IN (SELECT install FROM members) OR install IN (SELECT install FROM fresh_members);

CREATE OR REPLACE TEMP TABLE seen_again AS
SELECT install, day
FROM (SELECT install, day FROM sightings WHERE day > (SELECT min(came) FROM fresh_members))
JOIN fresh_members USING (install)
WHERE day > came
UNION
SELECT install, day FROM batch JOIN members USING (install) WHERE day > came;

INSERT INTO comebacks SELECT install, day FROM seen_again ANTI JOIN comebacks USING (install, day);

DELETE FROM quarantine;
INSERT INTO quarantine
SELECT install, came, coalesce(calm_day, DATE '2100-01-01')
FROM members
LEFT JOIN (
    SELECT install, min(day) AS calm_day
    FROM comebacks
    SEMI JOIN (
        SELECT day
        FROM (SELECT day, count(*) AS came_back FROM comebacks GROUP BY day) JOIN bounds USING (day)
        WHERE came_back <= bound
    ) USING (day)
    GROUP BY install
) USING (install);
