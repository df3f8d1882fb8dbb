"""What is brought up to date when a process opens a warehouse: the key is noted, and classes get their kinds."""

from __future__ import annotations

from typing import NamedTuple

from headcount.contract import Vocabulary
from headcount.warehouse._errors import OtherKey
from headcount.warehouse.clickhouse._change import Change
from headcount.warehouse.clickhouse._facts import fact
from headcount.warehouse.clickhouse._profiles import read_classes, store_classes
from headcount.warehouse.clickhouse._snapshot import ClickHouseSnapshot


class Opening(NamedTuple):
    """What a process brings: the fingerprint of its key, if any, and its vocabulary; ``place``: the warehouse, in words."""

    place: str
    key: str | None
    vocabulary: Vocabulary

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

    def follow(self, change: Change) -> None:
        """Note the key, and give each class the kind that the vocabulary says; another process may have done so."""
        if not self.is_due(change.before):
            return
        classes = read_classes(change.before)
        classes.follow(self.vocabulary)
        store_classes(change, classes)
        if self.key is not None and fact(change.before, "key") is None:
            change.note_facts({"key": self.key})
