-- Installations of the basis on the day of the comparison, each with its profile on it, as far as they matched then.
SELECT install, latest
FROM (SELECT {distinct} install, profile AS latest FROM spells WHERE day <= {judged_on} AND upto >= {judged_on})
WHERE {among} AND {matching}
