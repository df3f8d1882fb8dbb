SELECT 1 AS holds, 1 AS decided, began, ended, count() AS installations
FROM ({spans})
GROUP BY began, ended
