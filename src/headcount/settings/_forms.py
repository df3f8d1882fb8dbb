"""The forms of settings: each function reads a text, and raises ValueError with what it must be."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Any, Callable
from urllib.parse import urlsplit


def port(text: str) -> int:
    """Read the number of a port. Raises ValueError."""
    if not text.isdigit() or int(text) > 65535:
        raise ValueError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def whole(least: int) -> Callable[[str], int]:
    """Return what reads a whole number from ``least`` up."""

    def read(text: str) -> int:
        if not text.isdigit() or int(text) < least:
            raise ValueError(f"must be a whole number from {least} up, not {text!r}")
        return int(text)

    return read


def read_k(text: str) -> int:
    """Read the threshold of publications. Raises ValueError."""
    if not text.isdigit() or not 2 <= int(text) <= 100:
        raise ValueError(f"must be a whole number from 2 to 100, not {text!r}")
    return int(text)


def networks(text: str) -> tuple[Any, ...]:
    """Read addresses and networks. Raises ValueError."""
    return tuple(_network(part) for part in text.replace(",", " ").split())


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(f"must be addresses or networks such as 10.0.0.0/8, not {text!r}") from None


def address(text: str) -> str:
    """Read an address with a port. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if text and not (host and colon and port.isdigit() and int(port) <= 65535):
        raise ValueError(f"must be an address and a port such as 127.0.0.1:9010, not {text!r}")
    return text


def is_plain_loopback(url: str) -> bool:
    """Return whether an address is plain HTTP to this machine, which no other one can listen to."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        return parts.scheme == "http" and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return parts.scheme == "http" and host == "localhost"


def public_url(text: str) -> str:
    """Read the address of a server, without a path: by TLS, or on this machine. Raises ValueError."""
    url = text.rstrip("/")
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0 and url == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        is_address = False
    if url and not (is_address and "@" not in url and (parts.scheme == "https" or is_plain_loopback(url))):
        raise ValueError(f"must be an address such as https://headcount.example.org, without a path, not {text!r}")
    return url


def word(*words: str) -> Callable[[str], str]:
    """Return what reads one of some words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}, not {text!r}")
        return text

    return read


def name(text: str) -> str:
    """Read a name: printable, without spaces around it. Raises ValueError."""
    if text != text.strip() or not text.isprintable():
        raise ValueError(f"must be a name, without spaces around it, not {text!r}")
    return text


def names(text: str) -> tuple[str, ...]:
    """Read names that commas separate. Raises ValueError."""
    return tuple(name(part.strip()) for part in text.split(",") if part.strip())


def secret(text: str) -> str:
    """Read a secret. Raises ValueError, which does not say what it is."""
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("must be a secret of printable characters, without spaces")
    return text


def password(text: str) -> str:
    """Read a password, as it is. Raises ValueError, which does not say what it is."""
    if not text.isprintable():
        raise ValueError("must be a password of one line, of printable characters")
    return text


def base_url(text: str) -> str:
    """Read the address of a provider: by TLS, or on this machine. Raises ValueError."""
    try:
        parts = urlsplit(text)
        is_address = (
            bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment or "@" in parts.netloc)
        )
    except ValueError:
        is_address = False
    if text and not (is_address and (parts.scheme == "https" or is_plain_loopback(text))):
        raise ValueError(f"must be an address such as https://accounts.example.org, not {text!r}")
    return text


def url_without_password(text: str) -> str:
    """Read an address in which no password stands. Raises ValueError, which does not say what the address is."""
    if "@" in text and ":" in text.rpartition("@")[0].partition("://")[2]:
        raise ValueError(
            "must hold no password, which others on this machine could read: give it as HEADCOUNT_WAREHOUSE_PASSWORD, or "
            "as warehouse_password in the file of settings"
        )
    return text


def setting(default: Any, read: Callable[[str], Any], meaning: str, *, live: bool = False, metavar: str = "N") -> Any:
    """Return the field of a setting, which ``read`` makes of a text. A secret is in no ``repr``, and has no flag."""
    is_secret = read in (secret, password)
    metadata = {"read": read, "meaning": meaning, "live": live, "metavar": metavar, "secret": is_secret}
    return dataclasses.field(default=default, repr=not is_secret, metadata=metadata)
