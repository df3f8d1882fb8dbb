-- From births, `crowded`, `judged` (day, bound, flood) and `let_go` (install, day): who is set apart, and until when.
-- `quarantine_changes` has the rows that are others than before.
CREATE OR REPLACE TEMP TABLE members AS
SELECT install, day AS came FROM births WHERE earliest = day AND day IN (SELECT day FROM judged WHERE flood)
UNION
SELECT install, day AS came FROM births SEMI JOIN crowded USING (install, day) WHERE earliest = day;

DELETE FROM floods;
INSERT INTO floods
SELECT day, newcomers, bound
FROM (SELECT earliest AS day, count(*) AS newcomers FROM births WHERE earliest = day GROUP BY earliest)
JOIN judged USING (day)
WHERE day IN (SELECT came FROM members);

CREATE OR REPLACE TEMP TABLE fresh_members AS
SELECT install, came FROM members ANTI JOIN quarantine USING (install, came);

-- comebacks: all sightings of members after their first day. Those of who was a member before are there.
DELETE FROM comebacks
WHERE install NOT IN (SELECT install FROM members) OR install IN (SELECT install FROM fresh_members);

INSERT INTO comebacks
SELECT DISTINCT install, day
FROM (SELECT install, day FROM counted WHERE day > (SELECT min(came) FROM fresh_members))
JOIN fresh_members USING (install)
WHERE day > came;

CREATE OR REPLACE TEMP TABLE quarantine_before AS FROM quarantine;
DELETE FROM quarantine;
INSERT INTO quarantine
SELECT install, came, coalesce(let_go.day, DATE '2100-01-01')
FROM members LEFT JOIN let_go USING (install);

CREATE OR REPLACE TEMP TABLE quarantine_changes AS
(FROM quarantine EXCEPT FROM quarantine_before)
UNION ALL
(FROM quarantine_before EXCEPT FROM quarantine);
