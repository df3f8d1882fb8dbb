SELECT profile FROM profiles WHERE {condition}
