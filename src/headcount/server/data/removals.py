"""What maintainers think of removing in the next release: a file of the data directory, which its owner alone can read.

It is JSON that a person may write too: ``{"removals": [{"where": "python < 3.10", "why": "its support has ended"}]}``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from headcount._disk import write_durably
from headcount.questions import BadQuestion, BadRemoval, Removal, plain

MOST = 12
"""So many are kept at most: each is asked whenever the page is opened."""


class DamagedRemovals(ValueError):
    """The file holds something else; the message says what to do."""


class Removals:
    """The removals in a file, which is read anew each time. Safe in any thread; one process at a time changes it."""

    def __init__(self, path: Path) -> None:
        """Where there is no file, there are none."""
        self._path = path
        self._changing = threading.Lock()

    def listed(self) -> Sequence[Removal]:
        """Return all, in the order in which they were kept. Raises `DamagedRemovals` and OSError."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        except UnicodeDecodeError:
            raise self._damaged() from None
        try:
            return tuple(self._removal(each) for each in json.loads(text)["removals"])
        except (ValueError, TypeError, KeyError):
            raise self._damaged() from None

    def keep(self, removal: Removal, instead_of: str = "") -> None:
        """Keep one more, or one in the place of that with the condition ``instead_of``.

        Raises `BadRemoval` where the condition is kept already, or there are too many; `DamagedRemovals` and OSError.
        """
        with self._changing:
            kept = list(self.listed())
            place = next((n for n, each in enumerate(kept) if each.where == instead_of), len(kept))
            others = kept[:place] + kept[place + 1 :]
            if _spelling(removal.where) in {_spelling(each.where) for each in others}:
                raise BadRemoval({"where": "this condition is kept already"})
            if len(others) >= MOST:
                raise BadRemoval({"where": f"{MOST} conditions are the most: remove one first"})
            self._store([*kept[:place], removal, *kept[place + 1 :]])

    def remove(self, where: str) -> None:
        """Remove the one with a condition, if it is there. Raises `DamagedRemovals` and OSError."""
        with self._changing:
            kept = self.listed()
            left = [each for each in kept if each.where != where]
            if len(left) < len(kept):
                self._store(left)

    def _store(self, removals: Iterable[Removal]) -> None:
        value = {"removals": [removal._asdict() for removal in removals]}
        write_durably(self._path, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())

    def _removal(self, value: dict[str, object]) -> Removal:
        where, why = value["where"], value.get("why", "")
        if not isinstance(where, str) or not isinstance(why, str):
            raise self._damaged()
        return Removal(where, why)

    def _damaged(self) -> DamagedRemovals:
        return DamagedRemovals(
            f"{self._path.name} holds no list of removals: whoever runs the collector can put it right, or delete it"
        )


def _spelling(where: str) -> str:
    """Return the plain spelling of a condition; as it is where it can be asked no more."""
    try:
        return plain(where)
    except BadQuestion:
        return where
