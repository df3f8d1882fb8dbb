-- The name under which a plugin is counted.
names[i + 1]
