"""Puts the parts together: the data directory, the process that serves, and the commands on its data.

Its rooms are `data`, `commands`, `http` and `web`. This module imports none of them, since a command that a running server
does is to start quickly.
"""
