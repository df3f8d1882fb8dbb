-- The classes that another field than `plugins` counts.
SELECT class FROM classes WHERE kind IN ('www', 'configurator', 'factory')
