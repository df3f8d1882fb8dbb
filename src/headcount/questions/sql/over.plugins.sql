SELECT
    began,
    ended,
    sum(h00) AS n00, sum(h01) AS n01, sum(h02) AS n02, sum(h03) AS n03, sum(h04) AS n04,
    sum(h05) AS n05, sum(h06) AS n06, sum(h07) AS n07, sum(h08) AS n08, sum(h09) AS n09,
    sum(h10) AS n10, sum(h11) AS n11, sum(h12) AS n12, sum(h13) AS n13, sum(h14) AS n14,
    sum(h15) AS n15, sum(h16) AS n16, sum(h17) AS n17, sum(h18) AS n18, sum(h19) AS n19
FROM ({spans}) AS spanned
JOIN (
    SELECT {distinct}
        profile,
        CASE WHEN has(classes, $c00) THEN 1 ELSE 0 END AS h00, CASE WHEN has(classes, $c01) THEN 1 ELSE 0 END AS h01,
        CASE WHEN has(classes, $c02) THEN 1 ELSE 0 END AS h02, CASE WHEN has(classes, $c03) THEN 1 ELSE 0 END AS h03,
        CASE WHEN has(classes, $c04) THEN 1 ELSE 0 END AS h04, CASE WHEN has(classes, $c05) THEN 1 ELSE 0 END AS h05,
        CASE WHEN has(classes, $c06) THEN 1 ELSE 0 END AS h06, CASE WHEN has(classes, $c07) THEN 1 ELSE 0 END AS h07,
        CASE WHEN has(classes, $c08) THEN 1 ELSE 0 END AS h08, CASE WHEN has(classes, $c09) THEN 1 ELSE 0 END AS h09,
        CASE WHEN has(classes, $c10) THEN 1 ELSE 0 END AS h10, CASE WHEN has(classes, $c11) THEN 1 ELSE 0 END AS h11,
        CASE WHEN has(classes, $c12) THEN 1 ELSE 0 END AS h12, CASE WHEN has(classes, $c13) THEN 1 ELSE 0 END AS h13,
        CASE WHEN has(classes, $c14) THEN 1 ELSE 0 END AS h14, CASE WHEN has(classes, $c15) THEN 1 ELSE 0 END AS h15,
        CASE WHEN has(classes, $c16) THEN 1 ELSE 0 END AS h16, CASE WHEN has(classes, $c17) THEN 1 ELSE 0 END AS h17,
        CASE WHEN has(classes, $c18) THEN 1 ELSE 0 END AS h18, CASE WHEN has(classes, $c19) THEN 1 ELSE 0 END AS h19
    FROM profiles
    WHERE {answers}
) AS joined USING (profile)
GROUP BY began, ended
