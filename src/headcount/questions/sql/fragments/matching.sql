latest IN (SELECT profile FROM profiles WHERE {condition})
