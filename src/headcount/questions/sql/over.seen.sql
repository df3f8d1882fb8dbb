SELECT period, count() AS installations
FROM ({periods})
GROUP BY period
ORDER BY period
