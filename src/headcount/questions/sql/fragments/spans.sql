-- At the ends of which periods each installation had which profile: from that which begins on `began` to the one before `ended`.
SELECT profile, began, ended
FROM (
    SELECT latest AS profile, {start} AS began, {ending} AS ended
    FROM (
        SELECT
            latest,
            CASE WHEN begun < toDate($since) THEN toDate($since) ELSE begun END AS first_then,
            CASE WHEN through >= toDate($until) THEN toDate($beyond) ELSE addDays(through, 1) END AS after_it
        FROM ({lived})
        WHERE begun <= toDate($until)
    )
)
WHERE began < ended
