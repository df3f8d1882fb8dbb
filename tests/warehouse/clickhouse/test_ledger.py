"""The ledger is two tables, which no statement reads at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from headcount.warehouse._port import Cells, Parameters
from headcount.warehouse.clickhouse._versions import State, read_state

NEVER = date(1970, 1, 1)
RETENTION = date(2025, 1, 1)


class Looks:
    """A connection to a server whose tables change between two looks, by a schedule that no real one can be held to."""

    def __init__(self, *looks: list[Cells]) -> None:
        self._looks = list(looks)

    def query(self, sql: str, parameters: Parameters) -> list[Cells]:
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]

    def execute(self, sql: str) -> None:
        raise NotImplementedError

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def _committed(version: int) -> Cells:
    return version, 0, 0, NEVER, 0, NEVER


def _state(version: int) -> Cells:
    return version, 1, 5, RETENTION, 3, RETENTION


def test_a_version_that_is_committed_while_the_ledger_is_read_has_its_own_state() -> None:
    """Else a retention would be forgotten: its state was looked for before it was there, its outcome after."""
    before = [_committed(6), _state(6)]
    assert read_state(Looks([*before, _committed(7)], [*before, _committed(7), _state(7)])) == State(
        7, (), 5, RETENTION, 3, RETENTION
    )


def test_a_ledger_without_the_state_of_a_version_gives_the_one_before() -> None:
    """A disk lost its row, and it does not come, however often it is looked for; without any there was nothing."""
    assert read_state(Looks([_committed(7), _state(6), _state(8)])) == State(7, (), 5, RETENTION, 3, RETENTION)
    assert read_state(Looks([_committed(7)])) == State(7, (), 0, NEVER, 0, NEVER)
    assert read_state(Looks([])) == State(0, (), 0, NEVER, 0, NEVER)
