-- Each sequence of steps of each profile of the basis: its number, its steps, and how many builders have it.
SELECT profile, weight, j, sequences[j + 1] AS steps, builders[j + 1] AS made
FROM (
    SELECT profile, weight, sequences, builders, arrayJoin(range(length(sequences))) AS j
    FROM ({weights}) AS weighed
    JOIN (SELECT {distinct} profile, sequences, builders FROM profiles) AS joined USING (profile)
)
