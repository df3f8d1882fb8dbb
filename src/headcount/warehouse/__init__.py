"""Where reports live and are asked: one port, an engine in the process (DuckDB), the loader and the derived tables."""

from headcount.warehouse._classes import WWW, Classes
from headcount.warehouse._columns import COLUMNS, Column, Rows
from headcount.warehouse._copying import take_beside
from headcount.warehouse._duckdb import DuckWarehouse
from headcount.warehouse._file import WarehouseClosed, WarehouseInUse
from headcount.warehouse._loader import Inbox, Loader, Waiting
from headcount.warehouse._parquet import FILES, Exported, read_export
from headcount.warehouse._port import Arrival, Cells, Parameters, Snapshot, Warehouse
from headcount.warehouse._published import States
from headcount.warehouse._published import states as published_states
from headcount.warehouse._quarantine import FloodRule
from headcount.warehouse._rights import REPORT_DAYS, Held
from headcount.warehouse._tabular import Kind, parquet

__all__ = [
    "COLUMNS",
    "FILES",
    "REPORT_DAYS",
    "WWW",
    "Arrival",
    "Cells",
    "Classes",
    "Column",
    "DuckWarehouse",
    "Exported",
    "FloodRule",
    "Held",
    "Inbox",
    "Kind",
    "Loader",
    "Parameters",
    "Rows",
    "Snapshot",
    "States",
    "Waiting",
    "Warehouse",
    "WarehouseClosed",
    "WarehouseInUse",
    "parquet",
    "published_states",
    "read_export",
    "take_beside",
]
