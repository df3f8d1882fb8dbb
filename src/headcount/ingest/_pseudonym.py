"""Pseudonyms: they stand for installations and profiles in everything that is stored.

Stock's install id is a SHA-1 that can be guessed, so it is never stored: its HMAC-SHA-256 (RFC 2104) under
the collector's own key stands for it. The same holds for profiles: without the key nobody can tell by
hashing whether a database that they see holds a configuration that they know.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from headcount._disk import create_durably, write_durably

KEY_BYTES = 32


class Pseudonymizer:
    """Maps ids and profiles to pseudonyms of 63 bits: they fit signed and unsigned columns of 64 alike."""

    def __init__(self, key: bytes, remembered: int = 0) -> None:
        """``key``: `KEY_BYTES` bytes; raises ValueError for a key of any other length.

        ``remembered``: for how many installations id and secret stay in memory; 0 but for a reader of files
        that hold them.
        """
        if len(key) != KEY_BYTES:
            raise ValueError(f"a pseudonym key has {KEY_BYTES} bytes, not {len(key)}")
        self._install = hmac.new(key, b"install\0", hashlib.sha256)
        self._secret = hmac.new(key, b"secret\0", hashlib.sha256)
        self._profile = hmac.new(key, b"profile\0", hashlib.sha256)
        self._report = hmac.new(key, b"report\0", hashlib.sha256)
        self._body = hmac.new(key, b"body\0", hashlib.sha256)
        self.fingerprint = hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()[:16]
        """Tells one key from another, and reveals nothing of it."""
        self._installs = lru_cache(remembered)(self._of_install)

    def install(self, install_id: str, secret: str | None = None) -> int:
        """Return the pseudonym of an installation: of its id, or of its id and its secret (64 hexadecimal digits)."""
        return self._installs(install_id, secret)

    def _of_install(self, install_id: str, secret: str | None) -> int:
        name = install_id.encode("utf-8", "surrogatepass")
        if secret is None:
            return _number(self._install, name)
        return _number(self._secret, name + bytes.fromhex(secret))

    def is_profile(self, number: int, canonical: bytes) -> bool:
        """Return whether ``number`` is the key of the profile with these canonical bytes: then they are undamaged."""
        return number == self.profile(canonical)

    def report(self, report_id: str, install: int) -> int:
        """Return the pseudonym of a report's id, by which a report that is sent again is recognized.

        ``install``: the installation's pseudonym, so that nobody can use up another installation's ids.
        """
        return _number(self._report, install.to_bytes(8, "big") + report_id.encode())

    def body(self, body: bytes) -> int:
        """Return the pseudonym of a body that was thrown away, so that a body that is sent again is counted once."""
        return _number(self._body, body)

    def profile(self, canonical: bytes) -> int:
        """Return the key of the profile with these canonical bytes."""
        return _number(self._profile, canonical)


def _number(keyed: hmac.HMAC, data: bytes) -> int:
    mac = keyed.copy()
    mac.update(data)
    return int.from_bytes(mac.digest()[:8], "big") >> 1


def load_key(path: Path, *, create: bool = True) -> bytes:
    """Return the key at ``path``. ``create``: write a new one, readable by its owner alone, where there is
    none.

    Raises ValueError where the file holds no key, and where it is missing and may not be created; OSError
    where it cannot be read or written.
    """
    if not create and not path.exists():
        raise ValueError(f"the pseudonym key {path} is missing: put it back, or every installation will be a new one")
    if create and not path.exists():
        with suppress(FileExistsError):  # another process was quicker: its key counts
            create_durably(path, secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"{path} holds no pseudonym key: put the original back, or every installation will be a new one"
        )
    return key


def replace_key(path: Path) -> bytes:
    """Replace the key at ``path`` by a new one, and return that. The old key is gone then."""
    key = secrets.token_bytes(KEY_BYTES)
    write_durably(path, key)
    return key
