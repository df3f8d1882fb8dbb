-- Each month of the window with those of whom the condition is true, by the last report in it.
SELECT period, install, birth
FROM (SELECT period, install FROM ({monthly}) WHERE latest IN ({matching_profiles})) AS seen_then
JOIN ({firsts}) AS joined USING (install)
