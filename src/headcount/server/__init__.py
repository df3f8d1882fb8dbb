"""Puts the parts together: the data directory, the process that serves, and the commands on its data."""

from headcount.server._ask import ask_data, ask_published, ask_published_url, ask_url
from headcount.server._backup import backup, restore
from headcount.server._data import BadData
from headcount.server._export import export
from headcount.server._further import ingest
from headcount.server._held import erase, lookup, rights_at
from headcount.server._http import CannotServe
from headcount.server._import import import_files
from headcount.server._operate import CannotOperate, list_tokens, make_token, publish_data, revoke_token
from headcount.server._reach import NoAnswer
from headcount.server._serve import serve
from headcount.server._take_in import take_in
from headcount.server._upkeep import doctor, rotate_key

__all__ = [
    "BadData",
    "CannotOperate",
    "CannotServe",
    "NoAnswer",
    "ask_data",
    "ask_published",
    "ask_published_url",
    "ask_url",
    "backup",
    "doctor",
    "erase",
    "export",
    "import_files",
    "ingest",
    "list_tokens",
    "lookup",
    "make_token",
    "publish_data",
    "restore",
    "revoke_token",
    "rights_at",
    "rotate_key",
    "serve",
    "take_in",
]
