-- How many of each group there are, by what they were asked.
SELECT part, asked, sum(weight) AS installations
FROM ({groups}) AS weighed
JOIN ({contents}) AS joined USING (profile)
GROUP BY part, asked
