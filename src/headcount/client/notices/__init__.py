"""The notices of a collector: fetched after a report, judged in the master, and said once in its log."""
