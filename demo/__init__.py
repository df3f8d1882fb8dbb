"""The demo: see `python -m demo`."""
