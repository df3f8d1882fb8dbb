-- A row may be held twice, and is taken once.
DISTINCT
