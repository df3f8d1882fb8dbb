"""The engines on which the questions are asked in the conformance suite, behind one interface."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from headcount.warehouse._parameters import replace_parameters, used_parameters
from headcount.warehouse.clickhouse._connection import SETTINGS


class Engine(Protocol):
    """What the suite asks of an engine."""

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows."""

    def query(self, sql: str, params: Mapping[str, str | int]) -> list[tuple[object, ...]]:
        """The rows of a statement whose parameters are written ``$name``."""

    def close(self) -> None:
        """Give the engine up."""


class ChdbEngine:
    """A recent ClickHouse in this process; a process can have one at a time."""

    def __init__(self, directory: Path) -> None:
        """Open it; what it writes goes under ``directory``."""
        from chdb.session import Session

        self._session = Session(str(directory))
        for name, value in {**SETTINGS, "joined_subquery_requires_alias": 0}.items():
            self.execute(f"SET {name} = {value!r}")

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows. Raises RuntimeError where it fails."""
        self._session.query(sql, "TabSeparated")

    def query(self, sql: str, params: Mapping[str, str | int]) -> list[tuple[object, ...]]:
        """The rows: numbers, strings, dates and lists of them. Raises RuntimeError where the statement fails."""
        used = used_parameters(sql, params)
        # ClickHouse reads the value of a String parameter with its backslashes as escapes; in hex nothing is special.
        bound = {name: value.encode().hex() if isinstance(value, str) else value for name, value in used.items()}

        def write(name: str) -> str:
            return f"unhex({{{name}:String}})" if isinstance(used[name], str) else f"{{{name}:Int64}}"

        answer = json.loads(str(self._session.query(replace_parameters(sql, write), "JSONCompact", params=bound)))
        types = [column["type"] for column in answer["meta"]]
        return [tuple(_value(kind, value) for kind, value in zip(types, row, strict=True)) for row in answer["data"]]

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows to a table, as JSON."""
        lines = "\n".join(json.dumps(row, default=str) for row in rows)
        if not lines:
            return
        self.execute(f"INSERT INTO {table} ({', '.join(columns)}) FORMAT JSONCompactEachRow {lines}")

    def close(self) -> None:
        """Close it; another can be opened then."""
        self._session.close()


def _value(kind: str, value: object) -> object:
    """A value as JSON has it, as the plain Python value of its ClickHouse type; tuples are lists."""
    if isinstance(value, list) and (inner := re.fullmatch(r"Array\((.*)\)", kind)):
        return [_value(inner[1], item) for item in value]
    return (
        date.fromisoformat(value) if isinstance(value, str) and re.fullmatch(r"(Nullable\()?Date\)?", kind) else value
    )
