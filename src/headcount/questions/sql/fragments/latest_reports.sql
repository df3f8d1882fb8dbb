-- What `reports` comes to where the window reaches to the newest report: no more than the last of each installation is needed.
SELECT install, profile AS state, last AS moment
FROM latest
