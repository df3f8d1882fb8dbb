"""Maintainers' tokens: the operator makes and revokes them; a file of the data directory holds their hashes.

A token is 256 random bits behind an id that says which it is, so that nobody can invert a fast hash of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from headcount._disk import write_durably

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Token:
    """What is stored of a token: its ``id``, whose it is, the day on which it was made, and its SHA-256 (hex).

    The field ``made`` names the day, as the file does.
    """

    id: str
    name: str
    made: str
    hash: str


class Tokens:
    """The tokens in a file. ``now`` gives Unix time. Safe in any thread; one process at a time changes it."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        """Read the file, if it is there; a damaged token is left out. Raises ValueError where it holds something else."""
        self._path = path
        self._now = now
        self._changing = threading.Lock()
        self._known: dict[str, Token] = {}
        self._is_written = True
        if path.exists():
            try:
                listed = [_token(each) for each in json.loads(path.read_text(encoding="utf-8"))["tokens"]]
            except (ValueError, TypeError, KeyError) as error:
                raise ValueError(f"{path} holds no tokens: delete it, and make new ones") from error
            self._known = {token.id: token for token in listed if token is not None}
            if listed and not self._known:
                raise ValueError(f"{path} holds no tokens: delete it, and make new ones")
            if None in listed:
                logger.error("tokens that are damaged are left out: %d of %s", listed.count(None), path)

    def make(self, name: str) -> tuple[Token, str]:
        """Make a token for somebody; return what is stored of it, and the token itself, which is not. Raises OSError."""
        with self._changing:
            token_id = secrets.token_hex(4)
            while token_id in self._known:
                token_id = secrets.token_hex(4)
            text = f"{token_id}.{secrets.token_urlsafe(32)}"
            day = datetime.fromtimestamp(self._now(), UTC).date().isoformat()
            token = Token(token_id, name, day, _hash(text))
            self._store({**self._known, token.id: token})
        return token, text

    def revoke(self, token_id: str) -> Token | None:
        """Revoke a token, at once; return it, or None where no token has this id.

        Raises OSError where that cannot be written down: the token opens nothing any more, but would hold again after a
        restart. `settle` tries again, and so does whatever changes the tokens.
        """
        with self._changing:
            revoked = self._known.get(token_id)
            if revoked is not None:
                self._known = {each: token for each, token in self._known.items() if each != token_id}
                self._is_written = False
                self._store(self._known)
        return revoked

    def settle(self) -> None:
        """Write down what could not be written when it changed. Raises OSError."""
        if not self._is_written:
            with self._changing:
                self._store(self._known)

    def listed(self) -> list[Token]:
        """Return all tokens that are not revoked, in the order in which they were made."""
        return list(self._known.values())

    def holder(self, text: str) -> str | None:
        """Return the id of a token that somebody shows; None where it is no token, or is revoked."""
        token_id = text.partition(".")[0]
        token = self._known.get(token_id)
        if token is not None and hmac.compare_digest(token.hash, _hash(text)):
            return token_id
        return None

    def holds(self, token_id: str) -> bool:
        """Return whether a token of this id is there, and is not revoked."""
        return token_id in self._known

    def _store(self, tokens: dict[str, Token]) -> None:
        value = {"tokens": [asdict(token) for token in tokens.values()]}
        write_durably(self._path, json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass"))
        self._known, self._is_written = tokens, True


def _token(value: object) -> Token | None:
    """Return the token that was stored as ``value``; None where that is none."""
    names = {field.name for field in fields(Token)}
    if (
        not isinstance(value, dict)
        or value.keys() != names
        or not all(isinstance(each, str) for each in value.values())
    ):
        return None
    return Token(**value)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
