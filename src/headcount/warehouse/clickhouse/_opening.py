"""What is brought up to date when a process opens a warehouse: the key is noted, and classes get their kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from headcount.contract import Vocabulary
from headcount.warehouse._errors import OtherKey
from headcount.warehouse.clickhouse._change import Change, change
from headcount.warehouse.clickhouse._facts import fact
from headcount.warehouse.clickhouse._profiles import read_classes, store_classes
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot, snapshot
from headcount.warehouse.clickhouse._tables import prepare
from headcount.warehouse.clickhouse._versions import Versions


class Opening(NamedTuple):
    """What a process brings: the fingerprint of its key, if any, and its vocabulary; ``place``: the warehouse, in words."""

    place: str
    key: str | None
    vocabulary: Vocabulary

    def open(self, servers: Servers, versions: Versions, may_create: Callable[[], bool]) -> None:
        """Have the tables, the key and the classes be there. Raises `WrongWarehouse`, `OtherKey`, `WarehouseUnavailable`."""
        prepare(servers, may_create, lambda: self._is_due_at(servers))
        if self._is_due_at(servers):
            with change(servers, versions) as changing:
                self.follow(changing)

    def _is_due_at(self, servers: Servers) -> bool:
        with snapshot(servers) as read:
            return self.is_due(read)

    def is_due(self, read: ClickHouseSnapshot) -> bool:
        """Return whether the key is to be noted, or classes are of another kind. Raises `OtherKey`."""
        held = fact(read, "key")
        if None not in (held, self.key) and held != self.key:
            raise OtherKey(
                f"{self.place} was made with another pseudonym key: put the original back, or every installation will "
                "be a new one"
            )
        classes = read_classes(read)
        classes.follow(self.vocabulary)
        return bool(classes.changed) or (held is None and self.key is not None)

    def follow(self, changing: Change) -> None:
        """Note the key, and give each class the kind that the vocabulary says; another process may have done so."""
        if not self.is_due(changing.before):
            return
        classes = read_classes(changing.before)
        classes.follow(self.vocabulary)
        store_classes(changing, classes)
        if self.key is not None and fact(changing.before, "key") is None:
            changing.note_facts({"key": self.key})
