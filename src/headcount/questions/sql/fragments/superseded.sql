-- Stock pseudonyms that are not counted at the end of the window: the installation moved to a reporter with a secret, was
-- confirmed under it, and did not report as stock after that.
SELECT install
FROM moved
WHERE day <= toDate($until)
GROUP BY install
HAVING min(back) > toDate($until)
