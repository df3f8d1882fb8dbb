"""The warehouse in a ClickHouse server or cluster."""
