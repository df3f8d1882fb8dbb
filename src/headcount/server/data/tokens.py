"""Maintainers' tokens: made and revoked by the operator, and kept as hashes in a file of the data directory.

A token is 256 random bits behind an id that says which it is; so a fast hash of it can be inverted by nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from headcount._disk import write_durably
from headcount.server.data.directory import BadData, DataDirectory


@dataclass(frozen=True)
class Token:
    """What is kept of a token: ``id``, whose it is, the day on which it was made, and its SHA-256 (hex)."""

    id: str
    name: str
    made: str
    hash: str


class Tokens:
    """The tokens in a file. ``now`` gives Unix time. Safe in any thread; one process at a time changes it."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        """Raises ValueError where the file holds something else."""
        self._path = path
        self._now = now
        self._changing = threading.Lock()
        self._known: dict[str, Token] = {}
        if path.exists():
            try:
                listed = json.loads(path.read_text(encoding="utf-8"))["tokens"]
                self._known = {each["id"]: Token(**each) for each in listed}
            except (ValueError, TypeError, KeyError) as error:
                raise ValueError(f"{path} holds no tokens: delete it, and make new ones") from error

    def make(self, name: str) -> tuple[Token, str]:
        """Make a token for somebody: what is kept of it, and the token, which is not kept."""
        with self._changing:
            name_of = secrets.token_hex(4)
            while name_of in self._known:
                name_of = secrets.token_hex(4)
            text = f"{name_of}.{secrets.token_urlsafe(32)}"
            made = datetime.fromtimestamp(self._now(), UTC).date().isoformat()
            token = Token(name_of, name, made, _hash(text))
            self._keep({**self._known, token.id: token})
        return token, text

    def revoke(self, token_id: str) -> Token | None:
        """Revoke a token, at once; return it, or None where there is none of this id."""
        with self._changing:
            revoked = self._known.get(token_id)
            if revoked is not None:
                self._keep({each: token for each, token in self._known.items() if each != token_id})
        return revoked

    def listed(self) -> list[Token]:
        """All that are not revoked, in the order in which they were made."""
        return list(self._known.values())

    def holder(self, text: str) -> str | None:
        """The id of a token that somebody shows; None where it is none, or is revoked."""
        token_id = text.partition(".")[0]
        token = self._known.get(token_id)
        if token is not None and hmac.compare_digest(token.hash, _hash(text)):
            return token_id
        return None

    def holds(self, token_id: str) -> bool:
        """Whether a token of this id is not revoked."""
        return token_id in self._known

    def _keep(self, tokens: dict[str, Token]) -> None:
        value = {"tokens": [asdict(token) for token in tokens.values()]}
        write_durably(self._path, json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass"))
        self._known = tokens


def open_tokens(data: DataDirectory, now: Callable[[], float]) -> Tokens:
    """The tokens of a data directory. Raises `BadData`."""
    try:
        return Tokens(data.tokens, now)
    except ValueError as error:
        raise BadData(f"{error}.") from error


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
