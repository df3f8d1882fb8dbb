-- What of the batch is of installations in `involved` is derived with them.
DELETE FROM plain WHERE install IN (SELECT install FROM involved);
DELETE FROM batch WHERE install IN (SELECT install FROM involved);
