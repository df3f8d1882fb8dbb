install IN (SELECT install FROM ({seen}))
