"""Where to go after signing in: a path of ours, whatever an address asks for."""

from __future__ import annotations

import re

_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # printable ASCII without spaces or backslashes
_LONGEST = 2000  # characters: a cookie has room for it


def local_path(text: str) -> str:
    """Return ``text`` where it is a path of this server, with or without a query; ``/`` for anything else.

    A browser takes two slashes, a slash and a backslash, and a scheme for another host, and skips tabs and line ends. To
    sign in or out is nothing to come back to.
    """
    is_path = len(text) <= _LONGEST and _PATH.fullmatch(text) is not None
    return text if is_path and not text.startswith(("/sign-in", "/sign-out")) else "/"
