SELECT steps, sum(weight) AS installations, sum(weight * made) AS of_builders
FROM ({sequences})
GROUP BY steps
