-- Who is alive at the end of the window, set apart or not.
SELECT install FROM spells WHERE day <= toDate($until) AND upto >= toDate($until)
