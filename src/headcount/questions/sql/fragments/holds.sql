-- Of which profiles the classes are looked at: those of which the condition is true.
{condition}
