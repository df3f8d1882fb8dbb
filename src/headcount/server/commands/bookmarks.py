"""How far each file of an import is read, so that an import that was ended goes on where it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from headcount._disk import write_durably


class Bookmarks:
    """Places in files that are not read to their end, in bytes, by a keyed hash of each file's beginning."""

    def __init__(self, path: Path, key: bytes) -> None:
        """``path``: the file of the bookmarks."""
        self._path = path
        self._key = key

    def name(self, file: Path) -> str:
        """Return the name of a file's bookmark. Raises OSError where the file cannot be read."""
        with file.open("rb") as beginning:
            return hashlib.blake2b(beginning.read(65536), key=self._key, digest_size=16).hexdigest()

    def place(self, name: str) -> int:
        """Return the place in a file; 0 where it has no bookmark."""
        return self._all().get(name, 0)

    def set(self, name: str, place: int) -> None:
        """Write down the place in a file, durably. Raises OSError."""
        self._save({**self._all(), name: place})

    def remove(self, name: str) -> None:
        """Remove the bookmark of a file, if it has one. Raises OSError."""
        places = self._all()
        if places.pop(name, None) is not None:
            self._save(places)

    def _all(self) -> dict[str, int]:
        """Return all places; what is damaged has none, since what is read twice changes no answer."""
        try:
            places = json.loads(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return {}
        if not isinstance(places, dict):
            return {}
        return {name: place for name, place in places.items() if isinstance(place, int) and place >= 0}

    def _save(self, places: dict[str, int]) -> None:
        if places:
            write_durably(self._path, json.dumps(places).encode("ascii"))
        else:
            self._path.unlink(missing_ok=True)
