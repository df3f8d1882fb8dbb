"""The settings of the collector: one table, read from flags, the environment and a TOML file.

A flag wins over the environment variable, that over the file, that over the default. The fields of `Settings` are the
table: the flags of the command, the variables, the keys of the file and the documentation are made from them. Imports
nothing of ours, since the command reads it before anything else is loaded.
"""

from headcount.settings._forms import is_plain_loopback, read_k
from headcount.settings._sources import BadSettings, read_settings, read_warehouse
from headcount.settings._table import Settings, fields, flag, shown, variable
from headcount.settings._warehouse import WarehouseSettings

__all__ = [
    "BadSettings",
    "Settings",
    "WarehouseSettings",
    "fields",
    "flag",
    "is_plain_loopback",
    "read_k",
    "read_settings",
    "read_warehouse",
    "shown",
    "variable",
]
