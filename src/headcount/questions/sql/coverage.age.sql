SELECT number, count() AS installations
FROM (SELECT install, floor(lasted / 86400) AS number FROM ({installations}))
GROUP BY number
