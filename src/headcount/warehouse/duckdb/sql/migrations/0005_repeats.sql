-- What stock sent again in the first minutes of a day, while the report that it repeats was not there: it counts until that comes,
-- as where history is imported out of order. Of before, nothing is known.
CREATE TABLE repeats (install UBIGINT NOT NULL, profile UBIGINT NOT NULL, last BIGINT NOT NULL);
