-- The classes that are plugins of the web interface.
SELECT class FROM classes WHERE kind = 'www'
