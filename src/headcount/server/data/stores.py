"""Where the warehouse of a data directory is, and how it is opened: a file of its own there, or ClickHouse elsewhere.

This is the one place that chooses an engine, and imports it only then: who uses one needs nothing of the other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from headcount._progress import show
from headcount._refused import Refused
from headcount.ingest import Pseudonymizer, load_key
from headcount.server.data.directory import DataDirectory
from headcount.server.data.given import Given
from headcount.settings import BadSettings, WarehouseSettings, read_warehouse
from headcount.warehouse import OtherKey, Warehouse, WarehouseInUse, WarehouseUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse
    from headcount.warehouse.duckdb import DuckWarehouse


_PATIENCE = 10.0  # seconds that a start waits for servers that hang: reports are taken meanwhile

Backup = Callable[[Path, Mapping[str, bytes]], None]
"""Writes all that is in a warehouse to a file, as of one moment; questions go on meanwhile.

Takes the file and others, by name, that go with it. Raises OSError where there is no room.
"""


class Store(Protocol):
    """Where the warehouse of a data directory is."""

    @property
    def shared(self) -> bool:
        """Whether other processes load, ask and change it at the same time."""

    @property
    def is_there(self) -> bool:
        """Whether the data directory has had a warehouse there."""

    def check(self) -> None:
        """Raise `Refused` where a first use could not begin, before anything is made in the data directory."""

    def open(self, fingerprint: str | None) -> Warehouse:
        """Open it with the fingerprint of the pseudonym key, or None where the key is missing; make it at its first use.

        Raises `Refused` where another process has it alone, it was lost, it is none of ours, or it holds pseudonyms of
        another key.
        """

    @property
    def backup(self) -> Backup:
        """What writes a backup of the warehouse, once it is open. Raises `Refused` where that is not done so."""

    @property
    def freeze(self) -> Callable[[str], list[str]]:
        """What has the servers keep what it holds under a name, once it is open, and returns them. Raises `Refused`."""


class FileStore:
    """A DuckDB file in the data directory, of which one process is the owner."""

    shared = False

    def __init__(self, directory: DataDirectory) -> None:
        self._directory = directory
        self._warehouse: DuckWarehouse | None = None

    @property
    def is_there(self) -> bool:
        """Whether the file is there, or was."""
        return not self._directory.is_new or self._directory.warehouse.exists()

    def check(self) -> None:
        """Do nothing: a file that is not there is made."""

    def open(self, fingerprint: str | None) -> Warehouse:
        """Open the file."""
        from headcount.warehouse.duckdb import DuckWarehouse  # noqa: PLC0415  # only who has a file needs DuckDB

        directory = self._directory
        directory.refuse_lost_warehouse()
        try:
            self._warehouse = DuckWarehouse(
                directory.warehouse, fingerprint, may_create=lambda: directory.is_new, progress=show
            )
        except WarehouseInUse:
            raise directory.in_use() from None
        except OtherKey as error:
            raise Refused(f"{error}.") from error
        return self._warehouse

    @property
    def backup(self) -> Backup:
        """What copies the file."""
        return self._backup

    @property
    def freeze(self) -> Callable[[str], list[str]]:
        """Raises `Refused`: there are no servers."""
        raise Refused("the warehouse is a file, of which `headcount backup FILE` writes a copy.")

    def _backup(self, target: Path, companions: Mapping[str, bytes]) -> None:
        assert self._warehouse is not None, "it is open"
        self._warehouse.backup(target, companions)


class ClusterStore:
    """A ClickHouse server or cluster, of which the data directory remembers the URL."""

    shared = True

    def __init__(self, directory: DataDirectory, address: Address) -> None:
        self.address = address
        self._directory = directory
        self._warehouse: ClickHouseWarehouse | None = None

    @property
    def is_there(self) -> bool:
        """Whether the data directory had it before."""
        return self._directory.remembered_url is not None

    def check(self) -> None:
        """Raise `Refused` where a new data directory could not begin with it.

        It is not there, it will not do, or it is of a key that is not here: a key that is made here would be another one.
        """
        if self.is_there:
            return
        fingerprint = _fingerprint(self._directory)
        with closing(self._opened(fingerprint)) as warehouse:
            _refuse_problem(warehouse)
            with _refusing(), warehouse.snapshot() as snapshot:
                is_of_key = bool(snapshot.query("SELECT value FROM facts WHERE name = 'key'", {}))
        if fingerprint is None and is_of_key:
            raise Refused(
                f"{self.address} holds pseudonyms of a key that is not here: copy pseudonym.key of a data directory that "
                f"has it to {self._directory.key}, with mode 600."
            )

    def open(self, fingerprint: str | None) -> Warehouse:
        """Open it. Where the servers are away that it was at before, each use tries again."""
        warehouse = self._opened(fingerprint)
        if not self.is_there:
            _refuse_problem(warehouse)
        if self._directory.remembered_url != str(self.address) and warehouse.problem is None:
            self._directory.remember_url(str(self.address))
        self._warehouse = warehouse
        return warehouse

    @property
    def backup(self) -> Backup:
        """Raises `Refused`: the servers have their own means."""
        raise Refused(
            f"the warehouse {self.address} is on its servers: `headcount freeze NAME` has them keep what it holds, to be "
            "copied as the operator's page says; `headcount export` writes it to files."
        )

    @property
    def freeze(self) -> Callable[[str], list[str]]:
        """What freezes the tables."""
        return self._freeze

    def _freeze(self, name: str) -> list[str]:
        assert self._warehouse is not None, "it is open"
        return self._warehouse.freeze(name)

    def _opened(self, fingerprint: str | None) -> ClickHouseWarehouse:
        from headcount.warehouse.clickhouse import ClickHouseWarehouse  # noqa: PLC0415  # only who has one needs its driver

        with _refusing():
            return ClickHouseWarehouse(
                self.address,
                fingerprint,
                may_create=lambda: not self.is_there,
                patience=_PATIENCE if self.is_there else None,
                progress=show,
            )


def _refuse_problem(warehouse: ClickHouseWarehouse) -> None:
    if warehouse.problem is not None:
        warehouse.close()
        raise Refused(f"the warehouse cannot be used: {warehouse.problem.rstrip('.')}.")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except WarehouseUnavailable as error:
        raise Refused(f"{str(error).rstrip('.')}.") from error


def _fingerprint(directory: DataDirectory) -> str | None:
    """Return the fingerprint of the key; None where it is missing, or damaged, which is said elsewhere."""
    try:
        return Pseudonymizer(load_key(directory.key, create=False)).fingerprint
    except (ValueError, OSError):
        return None


def store_of(directory: DataDirectory, settings: WarehouseSettings) -> Store:
    """Return where the warehouse of a data directory is: where the settings say, or where it had it before.

    Raises `Refused` where these are two, or the URL cannot be read.
    """
    before = directory.remembered_url
    url = settings.warehouse or before
    if url is None:
        return FileStore(directory)
    address = _address(url, settings)
    if before is None and (not directory.is_new or directory.warehouse.exists()):
        raise Refused(
            f"{directory.path} has its warehouse in a file of its own, {directory.warehouse.name}, and not at {address}: "
            "leave --warehouse out, or give a new directory with --data, into which `headcount export` and `headcount "
            "import` bring what is held."
        )
    if before is not None and not _is_same(address, _address(before, settings)):
        raise Refused(
            f"{directory.path} is of the warehouse {before}, and not of {address}: leave --warehouse out, or give a new "
            "directory with --data."
        )
    return ClusterStore(directory, address)


def checked_store(directory: DataDirectory, settings: WarehouseSettings) -> Store:
    """Return where the warehouse of a data directory is, which a first use can begin with. Raises `Refused`."""
    store = store_of(directory, settings)
    store.check()
    return store


def _is_same(one: Address, other: Address) -> bool:
    """Return whether two addresses can be of one warehouse: a cluster has several servers and users.

    Who knew nothing of its replicas would load, and read, without waiting for them.
    """
    return (one.database, one.cluster, one.replicas) == (other.database, other.cluster, other.replicas)


def _address(url: str, settings: WarehouseSettings) -> Address:
    from headcount.warehouse.clickhouse import read_address  # noqa: PLC0415  # likewise

    ca = Path(settings.warehouse_ca) if settings.warehouse_ca else None
    if ca is not None and not os.access(ca, os.R_OK):
        raise Refused(f"the certificates {ca}, which warehouse_ca names, cannot be read.")
    try:
        return read_address(url, settings.warehouse_password, ca, tls=settings.warehouse_tls == "yes")
    except ValueError as error:
        raise Refused(f"{error}.") from None


def warehouse_settings(given: Given) -> WarehouseSettings:
    """Return the settings of the warehouse for a command. Raises `Refused`."""
    try:
        return read_warehouse({"warehouse": given.warehouse}, os.environ, given.config)
    except BadSettings as error:
        raise Refused(f"{error}.") from None
