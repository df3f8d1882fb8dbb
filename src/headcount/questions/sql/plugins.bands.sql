SELECT plugin, of_kind AS kind, band, installations
FROM (
    SELECT class, band, sum(weight) AS installations
    FROM (SELECT class, weight, {band} AS band FROM ({together}))
    GROUP BY class, band
) AS used
JOIN ({named}) AS joined USING (class)
WHERE {scope}
ORDER BY plugin, kind, band
