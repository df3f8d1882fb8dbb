"""Where reports live and are asked: one port, an engine in the process (DuckDB), the loader and the derived tables."""

from headcount.warehouse._classes import WWW, Classes
from headcount.warehouse._columns import COLUMNS, Column, Rows
from headcount.warehouse._loader import Inbox, Loader
from headcount.warehouse._port import Cells, Parameters, Snapshot, Warehouse
from headcount.warehouse.duckdb._copies import take_beside
from headcount.warehouse.duckdb._erasure import REPORT_DAYS, Held
from headcount.warehouse.duckdb._export import FILES, Exported, read_export
from headcount.warehouse.duckdb._file import WarehouseClosed, WarehouseInUse
from headcount.warehouse.duckdb._parquet import Kind, parquet
from headcount.warehouse.duckdb._publications import States
from headcount.warehouse.duckdb._publications import states as published_states
from headcount.warehouse.duckdb._quarantine import FloodRule
from headcount.warehouse.duckdb._warehouse import DuckWarehouse

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
    "Warehouse",
    "WarehouseClosed",
    "WarehouseInUse",
    "parquet",
    "published_states",
    "read_export",
    "take_beside",
]
