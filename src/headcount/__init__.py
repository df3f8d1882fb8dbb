"""Headcount tells the people who make a piece of software how it is used, without telling them who uses it."""

__version__ = "0.1.0"
