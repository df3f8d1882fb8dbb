-- Who was there before the oldest sighting that is held was seen on a day before all that are known.
UPDATE births SET second = day, earliest = (SELECT min(value::DATE) - 1 FROM facts WHERE name = 'held since')
WHERE install IN (SELECT install FROM veterans SEMI JOIN kin USING (install));
