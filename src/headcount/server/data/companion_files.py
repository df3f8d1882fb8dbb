"""What lies beside the warehouse and belongs in its backup, since nothing can make it again.

Publications are frozen: made once more, of data that went on, they would be a second view of the same week. Maintainers'
tokens are hashes, which give nobody a token. Left out are the pseudonym key, which is to be kept apart; the tombstones, of
which the newest count; and the log of what was asked, which has an end that copies would outlive.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from headcount._disk import write_durably
from headcount.questions import Publication
from headcount.server.data.directory import DataDirectory

_PUBLICATION = re.compile(r"publications/(\d{4}-W\d{2})\.json")


class PutBack(NamedTuple):
    """What of a backup was put beside the warehouse: how many publications, and whether the tokens."""

    publications: int
    tokens: bool


def beside(data: DataDirectory) -> dict[str, bytes]:
    """The files beside a warehouse by their names in the data directory. A publication that is damaged is none."""
    found = {}
    if data.publications.is_dir():
        for path in sorted(data.publications.glob("*.json")):
            name, content = f"{data.publications.name}/{path.name}", path.read_bytes()
            if _is_publication(name, content):
                found[name] = content
    if data.tokens.exists():
        found[data.tokens.name] = data.tokens.read_bytes()
    return found


def put_back(data: DataDirectory, files: Mapping[str, bytes]) -> PutBack:
    """Put files beside the warehouse where they are missing. Raises OSError.

    What is there is newer, and stays: a publication, unless it is damaged; and the tokens, or those that were revoked since
    would hold again.
    """
    publications = 0
    for name, content in files.items():
        path = data.path / name
        if _is_publication(name, content) and not (path.exists() and _is_publication(name, path.read_bytes())):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            write_durably(path, content)
            publications += 1
    tokens = files.get(data.tokens.name)
    if tokens is None or data.tokens.exists():
        return PutBack(publications, tokens=False)
    write_durably(data.tokens, tokens)
    return PutBack(publications, tokens=True)


def _is_publication(name: str, content: bytes) -> bool:
    match = _PUBLICATION.fullmatch(name)
    try:
        return match is not None and Publication.from_json(content.decode()).week == match[1]
    except ValueError:
        return False
