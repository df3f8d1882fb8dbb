"""A data directory at work: its warehouse, its inboxes, the loader between them, and the rights over both."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import duckdb

from headcount.ingest import Inbox, Pseudonymizer
from headcount.server.data.directory import BadData, DataDirectory, open_key
from headcount.server.data.inboxes import Inboxes
from headcount.server.data.installations import Rights
from headcount.server.data.tombstones import Tombstones
from headcount.warehouse import DuckWarehouse, Loader, WarehouseClosed, WarehouseInUse

RETENTION_DAYS = 761
"""Sightings are held for so many days: 25 months."""


@dataclass(frozen=True)
class Keeping:
    """What works on a data directory that this process owns."""

    data: DataDirectory
    warehouse: DuckWarehouse
    inboxes: Inboxes
    loader: Loader
    rights: Rights
    pseudonymizer: Pseudonymizer


@contextmanager
def keeping(
    data: DataDirectory,
    *opened: Inbox,
    now: Callable[[], float] = time.time,
    retention: int | None = RETENTION_DAYS,
) -> Iterator[Keeping]:
    """Own a data directory while the context lasts; ``opened`` are inboxes of this process. Raises `BadData`.

    ``retention``: for how many days sightings are held; None leaves that to who knows the settings.
    """
    pseudonymizer = open_key(data)
    with data.claimed(), owned_warehouse(data, pseudonymizer) as warehouse, ExitStack() as stack:
        inboxes = Inboxes(data, stack, *opened)
        inboxes.refuse_foreign()
        loader = Loader(warehouse, inboxes, now)
        tombstones = Tombstones(data.tombstones, pseudonymizer.fingerprint)
        rights = Rights(warehouse, inboxes, pseudonymizer, tombstones, load=loader.load, now=now)
        loader.chores["keep the time"] = lambda: warehouse.keep_time(now())
        loader.chores["settle erasures"] = rights.settle
        if retention is not None:
            loader.chores["expire sightings"] = lambda: rights.expire(retention)
        loader.chores["take erasures off the disk"] = rights.take_off_the_disk
        loader.chores["compact the warehouse"] = lambda: warehouse.compact(now())
        yield Keeping(data, warehouse, inboxes, loader, rights, pseudonymizer)


@contextmanager
def at_hand(data: DataDirectory, now: Callable[[], float] = time.time) -> Iterator[Keeping]:
    """Own a data directory that nobody serves, with all that waits loaded and all chores done. Raises `BadData`."""
    with keeping(data, now=now, retention=None) as kept:
        try:
            kept.loader.load()
            for chore in kept.loader.chores.values():
                chore()
        except (WarehouseClosed, duckdb.Error, sqlite3.Error, OSError) as error:
            raise BadData(f"{str(error).partition(chr(10))[0]}; `headcount doctor` says what is wrong.") from error
        yield kept


@contextmanager
def owned_warehouse(data: DataDirectory, pseudonymizer: Pseudonymizer) -> Iterator[DuckWarehouse]:
    """The warehouse of a data directory, of which this process is the owner. Raises `BadData`."""
    try:
        warehouse = DuckWarehouse(data.warehouse, pseudonymizer.fingerprint)
    except WarehouseInUse:
        raise BadData(
            f"another process works on {data.path}: stop it, or give another directory with --data."
        ) from None
    except ValueError as error:
        raise BadData(f"{error}.") from error
    try:
        yield warehouse
    finally:
        warehouse.close()
