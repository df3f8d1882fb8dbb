-- What is later than the clock is set apart.
INSERT INTO later
SELECT DISTINCT install, profile, received, $now::BIGINT, stock, crowded FROM fresh WHERE received > $latest::BIGINT
EXCEPT
FROM later;
DELETE FROM fresh WHERE received > $latest::BIGINT;
