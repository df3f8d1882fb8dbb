"""The identity of an installation: its id, and the secret that proves it.

The id is the one that stock Buildbot sends, so that an installation keeps its identity when it moves to
Headcount; or a random one, stored in a file. Stock's id can be guessed, so it gives no rights; the secret,
which no report holds, does.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from headcount.client._files import keep_private, write_private
from headcount.contract import INSTALL_ID, SECRET

if TYPE_CHECKING:
    from pathlib import Path

ID_FILE = "usage-report.id"
"""The file of a random id."""
SECRET_FILE = "usage-report.secret"  # noqa: S105  # a file's name
"""The file of the secret: 256 bits, in hexadecimal digits."""


def stock_id(master_name: str, full_name: str) -> str:
    """Return stock Buildbot's id: SHA-1 over the master's name (``host:basedir``) and the host's full name."""
    return hashlib.sha1((master_name + full_name).encode("utf-8", "surrogateescape")).hexdigest()  # noqa: S324  # stock's


def random_id(basedir: Path) -> str | None:
    """Return the random id of the master in ``basedir``, a new one where it has none; None where it cannot be stored."""
    return keep_private(basedir / ID_FILE, _new_id, _is_id)


def secret(basedir: Path) -> str | None:
    """Return the secret of the master in ``basedir``, a new one where it has none; None where it cannot be stored."""
    return keep_private(basedir / SECRET_FILE, _new_secret, _is_secret)


def renew(basedir: Path) -> bool:
    """Replace the random id and the secret, so that nothing ties the installation to its past.

    Returns False where they cannot be stored.
    """
    return write_private(basedir / SECRET_FILE, _new_secret().encode() + b"\n") and write_private(
        basedir / ID_FILE, _new_id().encode() + b"\n"
    )


def _new_id() -> str:
    return secrets.token_hex(20)


def _is_id(text: str) -> bool:
    return INSTALL_ID.fullmatch(text) is not None


def _new_secret() -> str:
    return secrets.token_hex(32)


def _is_secret(text: str) -> bool:
    return SECRET.fullmatch(text) is not None
