"""The error in which a command ends."""

from __future__ import annotations


class Refused(Exception):
    """A command cannot be done, or a server cannot start. The message is one sentence that says what to do."""
