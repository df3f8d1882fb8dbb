SELECT
    plugin,
    kind,
    sum(weight) AS installations,
    sum(weight * times) AS instances,
    sum(weight * subclassed) AS customized
FROM ({uses})
GROUP BY plugin, kind
ORDER BY installations DESC, plugin, kind
