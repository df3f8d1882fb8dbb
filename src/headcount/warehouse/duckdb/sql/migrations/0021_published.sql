-- Of which configuration the confirmed installations were when the last tables were computed that were published. An import
-- changes the past too, so that what was published of it cannot be told from the sightings any more.
CREATE TABLE published (install UBIGINT NOT NULL, profile UBIGINT NOT NULL);
