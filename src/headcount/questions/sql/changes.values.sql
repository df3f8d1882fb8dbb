-- Of the same masters: how many went from which value of an attribute to which. `turns` as in `changes.classes`.
SELECT place, before, after, sum(many) AS masters, count() AS turns
FROM (
    SELECT many, place, those[place + 1] AS before, these[place + 1] AS after
    FROM (SELECT many, those, these, arrayJoin(range({attributes})) AS place FROM ({turns}))
)
GROUP BY place, before, after
