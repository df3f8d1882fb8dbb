-- In which band of instances, from 1 on.
CASE WHEN times <= 1 THEN 1 WHEN times <= 5 THEN 2 WHEN times <= 20 THEN 3 WHEN times <= 100 THEN 4 ELSE 5 END
