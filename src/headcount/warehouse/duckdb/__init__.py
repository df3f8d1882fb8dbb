"""The warehouse in the process: one DuckDB file with one owner. Nothing else imports `duckdb`."""

from headcount.warehouse.duckdb._backup import open_backup
from headcount.warehouse.duckdb._copies import put_in_place
from headcount.warehouse.duckdb._export import FILES, write_export
from headcount.warehouse.duckdb._import import Exported, Rest, read_export, read_rest
from headcount.warehouse.duckdb._parquet import parquet
from headcount.warehouse.duckdb._warehouse import DuckWarehouse

__all__ = [
    "FILES",
    "DuckWarehouse",
    "Exported",
    "Rest",
    "open_backup",
    "parquet",
    "put_in_place",
    "read_export",
    "read_rest",
    "write_export",
]
