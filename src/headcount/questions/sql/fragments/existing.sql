install IN (SELECT install FROM ({ever}))
