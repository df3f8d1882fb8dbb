"""Puts the parts together: the data directory, the process that serves, and the commands on its data."""

from headcount.server._data import BadData
from headcount.server._operate import (
    CannotOperate,
    ask_published,
    ask_published_url,
    list_tokens,
    make_token,
    publish_data,
    revoke_token,
)
from headcount.server._operator import ask_data, ask_url, take_in
from headcount.server._running import NoAnswer
from headcount.server._serve import CannotServe, serve

__all__ = [
    "BadData",
    "CannotOperate",
    "CannotServe",
    "NoAnswer",
    "ask_data",
    "ask_published",
    "ask_published_url",
    "ask_url",
    "list_tokens",
    "make_token",
    "publish_data",
    "revoke_token",
    "serve",
    "take_in",
]
