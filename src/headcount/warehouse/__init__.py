"""Where reports live and are asked: one port, an engine in the process (DuckDB), the loader and the derived tables."""

from headcount.warehouse._columns import COLUMNS, Column, row
from headcount.warehouse._duckdb import DuckWarehouse, WarehouseInUse
from headcount.warehouse._loader import Inbox, Loader, Waiting
from headcount.warehouse._parquet import parquet
from headcount.warehouse._port import Arrival, Parameters, Snapshot, Warehouse

__all__ = [
    "COLUMNS",
    "Arrival",
    "Column",
    "DuckWarehouse",
    "Inbox",
    "Loader",
    "Parameters",
    "Snapshot",
    "Waiting",
    "Warehouse",
    "WarehouseInUse",
    "parquet",
    "row",
]
