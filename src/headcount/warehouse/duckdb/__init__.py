"""The warehouse in the process: one DuckDB file with one owner."""
