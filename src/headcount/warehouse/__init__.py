"""Where reports live and are asked: the port, the loader, and what all engines share.

Each engine is a package of its own: `headcount.warehouse.duckdb` and `headcount.warehouse.clickhouse`.
"""

from headcount.warehouse._classes import OWN_FIELDS, WWW
from headcount.warehouse._columns import COLUMNS
from headcount.warehouse._damage import load_past_damage
from headcount.warehouse._errors import OtherKey, Unloadable, WarehouseInUse, WarehouseUnavailable, WrongWarehouse
from headcount.warehouse._floods import FloodRule
from headcount.warehouse._loader import Chore, Inbox, Loader
from headcount.warehouse._port import (
    HELD_SINCE,
    REPORT_DAYS,
    TAKEN_OVER,
    Asking,
    Cells,
    Finding,
    Generation,
    Holding,
    Keeping,
    Kind,
    Loading,
    Parameters,
    Snapshot,
    Warehouse,
)
from headcount.warehouse._publications import States, published, published_names, published_states

__all__ = [
    "COLUMNS",
    "HELD_SINCE",
    "OWN_FIELDS",
    "REPORT_DAYS",
    "TAKEN_OVER",
    "WWW",
    "Asking",
    "Cells",
    "Chore",
    "Finding",
    "FloodRule",
    "Generation",
    "Holding",
    "Inbox",
    "Keeping",
    "Kind",
    "Loader",
    "Loading",
    "OtherKey",
    "Parameters",
    "Snapshot",
    "States",
    "Unloadable",
    "Warehouse",
    "WarehouseInUse",
    "WarehouseUnavailable",
    "WrongWarehouse",
    "load_past_damage",
    "published",
    "published_names",
    "published_states",
]
