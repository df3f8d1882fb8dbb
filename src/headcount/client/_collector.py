"""The name of a collector, and what it gets of an installation's identity.

Each collector gets a secret of its own, so that none can ask another one for an installation; and a random
id of its own, where one is asked for, so that two cannot join what they have.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Any
from urllib.parse import urlsplit

LONGEST_NAME = 200
"""The most characters of a name that is given to a collector."""

_PORTS = {"https": 443, "http": 80}
_ID_DIGITS = 40


def is_name(value: Any) -> bool:
    """Return whether a value can name a collector: printable text of 1 to `LONGEST_NAME` characters."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


def canonical(name: str) -> str:
    """Return the name of a collector: of a url its canonical form, of any other text the text.

    The canonical form has scheme and host in lower case, the host in ASCII (IDNA), the port where it is not
    the default one, and the path without a slash at its end.
    """
    try:
        parts = urlsplit(name)
        host, port = parts.hostname, parts.port
    except ValueError:  # no url
        return name
    if parts.scheme not in _PORTS or not host or parts.query or parts.fragment or "@" in parts.netloc:
        return name
    where = _host(host) if port in (None, _PORTS[parts.scheme]) else f"{_host(host)}:{port}"
    return f"{parts.scheme}://{where}{parts.path.rstrip('/')}"


def secret_for(collector: str, line: str) -> str:
    """Return the secret that a collector gets, 64 hexadecimal digits; ``line``: the one in the secret's file."""
    return _derive(line, collector)


def id_for(collector: str, line: str) -> str:
    """Return the random id that a collector gets, 40 hexadecimal digits; ``line``: the one in the id's file."""
    return _derive(line, f"id {collector}")[:_ID_DIGITS]


def _derive(line: str, label: str) -> str:
    return hmac.new(line.encode("ascii"), label.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _host(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _ascii(host)
    return f"[{address}]" if address.version == 6 else str(address)


def _ascii(host: str) -> str:
    if host.isascii():  # IDNA leaves it as it is, and its import takes milliseconds of the master's start
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:  # no host that can be reached, which is found out where it is tried
        return host.lower()
