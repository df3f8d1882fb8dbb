SELECT seen_in, count() AS installations
FROM (
    SELECT install, groupBitOr(bitShiftLeft(toUInt64(1), toUInt64(modulo(floor((toRelativeDayNum(day) + 3) / 7), 60)))) AS seen_in
    FROM ({counted})
    WHERE {members}
    GROUP BY install
)
GROUP BY seen_in
