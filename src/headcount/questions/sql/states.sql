SELECT install, profile
FROM ({seen})
ORDER BY install
