"""Puts the parts together: the data directory, the process that serves, and the commands on its data."""

from headcount.server.commands.ask import ask_data, ask_published, ask_published_url, ask_url
from headcount.server.commands.backup import backup, restore
from headcount.server.commands.connection import NoAnswer
from headcount.server.commands.export import export
from headcount.server.commands.history import import_files
from headcount.server.commands.installations import erase, lookup, rights_at
from headcount.server.commands.key import doctor, rotate_key
from headcount.server.commands.simulation import take_in
from headcount.server.commands.tokens import CannotOperate, list_tokens, make_token, publish_data, revoke_token
from headcount.server.data.directory import BadData
from headcount.server.http.running import CannotServe
from headcount.server.ingesting import ingest
from headcount.server.serving import serve

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
