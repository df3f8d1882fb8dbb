-- Who came in a flood, and is set apart at the end of the window.
SELECT install FROM quarantine WHERE came <= toDate($until) AND released > toDate($until)
