"""Measurements beside the peers, in the same run: see `python -m bench --help`."""
