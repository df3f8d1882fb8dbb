-- Each day or week of the window with those of whom the condition is true, by the last report in it. Most were in one state
-- through the whole window as far as the condition goes, and need not be looked at report by report.
SELECT {period_of} AS period, install
FROM ({counted})
WHERE install IN ({sometimes}) AND install NOT IN ({sometimes_not})
GROUP BY period, install
UNION ALL
SELECT period, install
FROM (
    SELECT {period_of} AS period, install, argMax(profile, (last, profile)) AS latest
    FROM ({reported})
    WHERE install IN ({sometimes}) AND install IN ({sometimes_not})
    GROUP BY period, install
)
WHERE latest IN ({matching_profiles})
