"""Puts the parts together: the data directory, the process that serves, and the commands on its data."""

from headcount.server._data import BadData
from headcount.server._operator import NoAnswer, ask_data, ask_url, take_in
from headcount.server._serve import CannotServe, serve

__all__ = ["BadData", "CannotServe", "NoAnswer", "ask_data", "ask_url", "serve", "take_in"]
