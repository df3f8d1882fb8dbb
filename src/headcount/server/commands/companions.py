"""The files that a backup holds beside the warehouse: publications, records, tokens, removals, notices, a mark.

Publications and records are frozen: computed again, of data that went on, they would be a second view of the same week or
quarter. Tokens are hashes, which give nobody a token. The mark says of the warehouse, and of what was published of it, that
it is not real. Left out are the pseudonym key, which is to be stored apart; the tombstones, of which the newest count; and
the log of questions, which copies would outlive.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from headcount.questions import Publication, Record
from headcount.server.data.directory import DataDirectory

_PUBLICATION = re.compile(r"publications/(\d{4}-W\d{2})\.json")
_RECORD = re.compile(r"records/(\d{4}-Q[1-4]-[a-z0-9-]+)\.json")


def read_companions(data: DataDirectory) -> dict[str, bytes]:
    """Return the companions of a warehouse by their names in the data directory, without damaged files."""
    companions = {}
    for directory in (data.publications, data.records):
        for path in sorted(directory.glob("*.json")):
            name, content = f"{directory.name}/{path.name}", path.read_bytes()
            if is_published(name, content):
                companions[name] = content
    for path in (data.tokens, data.removals, data.notices, data.simulated):
        if path.exists():
            companions[path.name] = path.read_bytes()
    return companions


def missing(data: DataDirectory, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those companions that are to be put back beside the warehouse, by their names. Raises OSError.

    What is there is newer, and stays: a publication or a record, unless it is damaged; the tokens, since those that were
    revoked would be valid again; what maintainers think of removing; their notices; and the mark of a simulation.
    """
    put_back = {}
    for name, content in files.items():
        path = data.path / name
        if is_published(name, content) and not (path.exists() and is_published(name, path.read_bytes())):
            put_back[name] = content
    for path in (data.tokens, data.removals, data.notices, data.simulated):
        if path.name in files and not path.exists():
            put_back[path.name] = files[path.name]
    return put_back


def is_published(name: str, content: bytes) -> bool:
    """Return whether a file, by its name in the data directory and its content, is a publication or record of that name."""
    try:
        if match := _PUBLICATION.fullmatch(name):
            return Publication.from_json(content.decode()).week == match[1]
        match = _RECORD.fullmatch(name)
        return match is not None and Record.from_json(content.decode()).name == match[1]
    except ValueError:
        return False
