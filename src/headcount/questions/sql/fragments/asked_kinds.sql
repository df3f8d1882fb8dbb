-- Which fields of classes a profile answered: plugins 1, those of the web interface 2, configurators 4, factories 8, and 16 those of
-- the plugins that only full reports of our reporter count.
CASE WHEN has(answered, 'plugins') THEN 1 ELSE 0 END
+ CASE WHEN has(answered, 'www_plugins') THEN 2 ELSE 0 END
+ CASE WHEN has(answered, 'configurators') THEN 4 ELSE 0 END
+ CASE WHEN has(answered, 'factories') THEN 8 ELSE 0 END
+ CASE WHEN has(answered, 'plugins') AND sender = 'headcount' AND level <> 'basic' THEN 16 ELSE 0 END
