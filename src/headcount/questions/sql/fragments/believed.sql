-- Of which profiles the classes are looked at.
1 = 1
