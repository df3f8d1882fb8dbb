"""The identity of an installation: its id, and the secret that proves it.

The id is the one that stock Buildbot sends, so that an installation keeps its identity when it moves to
Headcount; or a random one, made from a line in a file. Stock's id can be guessed, so it gives no rights;
the secret, which no report holds, does. Each collector gets a secret and a random id of its own.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from headcount.client._collector import id_for, secret_for
from headcount.client._files import keep_private, read_private, write_private
from headcount.contract import INSTALL_ID, SECRET

if TYPE_CHECKING:
    from headcount.client._files import ReportFiles


def stock_id(master_name: str, full_name: str) -> str:
    """Return stock Buildbot's id: SHA-1 over the master's name (``host:basedir``) and the host's full name."""
    return hashlib.sha1((master_name + full_name).encode("utf-8", "surrogateescape")).hexdigest()  # noqa: S324  # stock's


def random_id(files: ReportFiles, collector: str) -> str | None:
    """Return the random id that a collector gets, from the one in the master's file.

    Makes that where there is none; returns None where it cannot be stored.
    """
    line = keep_private(files.id, _new_id, _is_id)
    return None if line is None else id_for(collector, line)


def known_random_id(files: ReportFiles, collector: str) -> str | None:
    """Return what `random_id` would, and make nothing: None where the master's file has no id."""
    line = read_private(files.id)
    return id_for(collector, line) if line is not None and _is_id(line) else None


def example_id(collector: str) -> str:
    """Return a random id that is stored nowhere."""
    return id_for(collector, _new_id())


def secret(files: ReportFiles, collector: str) -> str | None:
    """Return the secret that a collector gets, from the one in the master's file.

    Makes that where there is none; returns None where it cannot be stored.
    """
    line = keep_private(files.secret, _new_secret, _is_secret)
    return None if line is None else secret_for(collector, line)


def renew(files: ReportFiles) -> bool:
    """Replace the random id and the secret, so that nothing ties the installation to its past.

    Returns False where they cannot be stored; then the secret is the one before.
    """
    return write_private(files.id, _new_id().encode() + b"\n") and write_private(
        files.secret, _new_secret().encode() + b"\n"
    )


def _new_id() -> str:
    return secrets.token_hex(20)


def _is_id(text: str) -> bool:
    return INSTALL_ID.fullmatch(text) is not None


def _new_secret() -> str:
    return secrets.token_hex(32)


def _is_secret(text: str) -> bool:
    return SECRET.fullmatch(text) is not None
