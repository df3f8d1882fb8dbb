SELECT
    plugin,
    kind,
    sum(weight * subclassed) AS installations,
    sum(weight * subclasses) AS instances,
    max(deepest_of) AS deepest,
    sum(weight) AS users
FROM (
    SELECT
        profile,
        weight,
        plugin,
        kind,
        max(derived) AS subclassed,
        sum(derived * times) AS subclasses,
        max(depth) AS deepest_of
    FROM ({classes})
    GROUP BY profile, weight, plugin, kind
)
GROUP BY plugin, kind
HAVING installations > 0
ORDER BY installations DESC, plugin, kind
