SELECT holds, decided, began, ended, count() AS installations
FROM ({spans}) AS spanned
JOIN (
    SELECT {distinct}
        profile,
        CASE WHEN {condition} THEN 1 ELSE 0 END AS holds,
        CASE WHEN {answers_condition} THEN 1 ELSE 0 END AS decided
    FROM profiles
) AS joined USING (profile)
WHERE holds = 1
GROUP BY holds, decided, began, ended
