-- Whether the condition holds of a profile: 1, or 0, or 2 where that is not known.
CASE WHEN {condition} THEN 1 WHEN {denied} THEN 0 ELSE 2 END
