-- Every period of the window, whether anybody was seen in it or not.
SELECT {calendar_of} AS period
FROM (SELECT addDays(toDate($since), passed) AS date_of FROM (SELECT arrayJoin(range($span)) AS passed))
GROUP BY period
