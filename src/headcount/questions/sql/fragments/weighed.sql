-- As a number that is fast to add up.
toInt64(sum({one}))
