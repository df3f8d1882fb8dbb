"""The files that a backup holds beside the warehouse: publications and tokens, which cannot be recomputed.

Publications are frozen: computed again, of data that went on, they would be a second view of the same week. Tokens are
hashes, which give nobody a token. Left out are the pseudonym key, which is to be stored apart; the tombstones, of which the
newest count; and the log of questions, which copies would outlive.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from headcount.questions import Publication
from headcount.server.data.directory import DataDirectory

_PUBLICATION = re.compile(r"publications/(\d{4}-W\d{2})\.json")


def read_companions(data: DataDirectory) -> dict[str, bytes]:
    """Return the companions of a warehouse by their names in the data directory, without damaged publications."""
    companions = {}
    if data.publications.is_dir():
        for path in sorted(data.publications.glob("*.json")):
            name, content = f"{data.publications.name}/{path.name}", path.read_bytes()
            if is_publication(name, content):
                companions[name] = content
    if data.tokens.exists():
        companions[data.tokens.name] = data.tokens.read_bytes()
    return companions


def missing(data: DataDirectory, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those companions that are to be put back beside the warehouse, by their names. Raises OSError.

    What is there is newer, and stays: a publication, unless it is damaged; and the tokens, since those that were revoked
    would be valid again.
    """
    put_back = {}
    for name, content in files.items():
        path = data.path / name
        if is_publication(name, content) and not (path.exists() and is_publication(name, path.read_bytes())):
            put_back[name] = content
    tokens = files.get(data.tokens.name)
    if tokens is not None and not data.tokens.exists():
        put_back[data.tokens.name] = tokens
    return put_back


def is_publication(name: str, content: bytes) -> bool:
    """Return whether the content of a file, by its name in the data directory, is the publication of that week."""
    match = _PUBLICATION.fullmatch(name)
    try:
        return match is not None and Publication.from_json(content.decode()).week == match[1]
    except ValueError:
        return False
