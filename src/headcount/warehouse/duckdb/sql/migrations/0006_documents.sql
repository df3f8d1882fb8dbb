-- What was published, as it is shown: a week, or a record by its name.
CREATE TABLE documents (name VARCHAR NOT NULL, document VARCHAR NOT NULL);
