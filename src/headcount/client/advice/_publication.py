"""A collector's publication, as far as a master compares itself with it. Whoever wrote the bytes may be hostile."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLICATION_PATH = "/public/publication.json"
"""Where a collector serves its newest publication, whole."""

LARGEST_PUBLICATION = 4_000_000
"""The most bytes of a publication that are read."""

_FORMAT = 1
_WEEK = re.compile(r"\d{4}-W\d\d", re.ASCII)
_NAME = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?", re.ASCII)
_MOST_TABLES, _MOST_ROWS, _LARGEST_K = 200, 20_000, 1000
_PLUGINS = ("plugins", "all")
_COLUMNS = {"versions": "version", "plugins": "plugin", "environments": "value"}
_RARE = "rare"


@dataclass(frozen=True)
class Published:
    """A publication. ``week``: as in ``2026-W47``; ``k``: fewer installations than that are said as none; ``shares``: by
    question and what it is asked by, each name and its share of those who answered, from 0 to 1, None where it is not said.
    """

    week: str
    k: int
    shares: Mapping[tuple[str, str], Mapping[str, float | None]]

    def share(self, question: str, by: str, name: str) -> float | None:
        """Return the share of a name; None where it is not said."""
        return self.shares.get((question, by), {}).get(name)

    @property
    def plugins(self) -> Mapping[str, float | None] | None:
        """The classes that it names, None where it has no table of them, as of few installations."""
        return self.shares.get(_PLUGINS)


def read_publication(body: bytes) -> Published:
    """Read a publication. Raises ValueError with one sentence for bytes that are none, or too many."""
    if len(body) > LARGEST_PUBLICATION:
        raise ValueError(f"a publication has {LARGEST_PUBLICATION:,} bytes at most")
    try:
        whole = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValueError("the publication is no JSON") from None
    if not isinstance(whole, dict) or type(whole.get("publication")) is not int:
        raise ValueError("it is no publication")
    if whole["publication"] != _FORMAT:
        raise ValueError("another Headcount wrote the publication, in a form that is not known here")
    week, k, tables = whole.get("week"), whole.get("k"), whole.get("tables")
    if not isinstance(week, str) or _WEEK.fullmatch(week) is None or type(k) is not int or not 1 <= k <= _LARGEST_K:
        raise ValueError("the publication has no week, or no k")
    if not isinstance(tables, list) or len(tables) > _MOST_TABLES:
        raise ValueError(f"a publication has {_MOST_TABLES} tables at most")
    shares: dict[tuple[str, str], dict[str, float | None]] = {}
    for table in tables:
        if not isinstance(table, dict):
            raise ValueError("a table of the publication is no table")  # noqa: TRY004  # bytes are wrong, not a caller
        question, by = table.get("question"), table.get("by")
        if isinstance(question, str) and isinstance(by, str) and question in _COLUMNS:
            shares[question, by] = _shares(table.get("rows"), _COLUMNS[question])
    return Published(week, k, shares)


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _shares(rows: object, column: str) -> dict[str, float | None]:
    if not isinstance(rows, list) or len(rows) > _MOST_ROWS:
        raise ValueError(f"a table of a publication has {_MOST_ROWS:,} rows at most")
    shares: dict[str, float | None] = {}
    for row in rows:
        name = row.get(column) if isinstance(row, dict) else None
        share = row.get("share") if isinstance(row, dict) else None
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            raise ValueError("a name of the publication is no printable ASCII, or too long")
        if share is not None and (type(share) not in (int, float) or not 0 <= share <= 1):
            raise ValueError("a share of the publication is no number from 0 to 1")
        if name != _RARE:
            shares[name] = share
    return shares
