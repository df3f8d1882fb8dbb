"""Where a warehouse in ClickHouse is: the URL that an administrator gives, and the secrets that do not stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

FORM = "clickhouse://USER@HOST:PORT/DATABASE?cluster=NAME"
"""What a URL looks like; without ``?cluster=NAME`` it names one server. ``&replicas=yes``: its shards have replicas."""

_PORT = 9000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_OPTIONS = {"cluster", "replicas"}


@dataclass(frozen=True)
class Address:
    """A database of a server or of a cluster, and how to sign in there. Its text holds no secret.

    ``cluster``: the name under which the servers know the cluster; None: the server stands alone. ``replicas``: whether
    each shard has several servers. ``tls``: whether connections are encrypted; ``ca``: a file of certificates that are
    trusted instead of the system's.
    """

    host: str
    port: int = _PORT
    user: str = "default"
    database: str = "headcount"
    cluster: str | None = None
    replicas: bool = False
    password: str = field(default="", repr=False)
    tls: bool = False
    ca: Path | None = None

    def __str__(self) -> str:
        """Return the URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        options = [f"cluster={self.cluster}"] * (self.cluster is not None) + ["replicas=yes"] * self.replicas
        query = f"?{'&'.join(options)}" if options else ""
        return f"clickhouse://{quote(self.user, safe='')}@{host}:{self.port}/{self.database}{query}"

    def at(self, host: str, port: int) -> Address:
        """Return the address of another server of the cluster, with the same way to sign in."""
        return replace(self, host=host, port=port)


def read_address(url: str, password: str = "", ca: Path | None = None, *, tls: bool = False) -> Address:
    """Return the address that a URL names.

    ``password``, ``ca`` and ``tls`` come from the settings. Raises ValueError, in a sentence without the URL's secrets,
    where it cannot be read.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORT
        (parts.hostname or "").encode("idna")
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise ValueError(f"the URL of the warehouse cannot be read: it looks like {FORM}") from None
    _check(parts, options)
    return Address(
        host=parts.hostname or "",
        port=port,
        user=unquote(parts.username or "default"),
        database=parts.path.removeprefix("/"),
        cluster=options.get("cluster"),
        replicas=options.get("replicas") == "yes",
        password=password,
        tls=tls or ca is not None,
        ca=ca,
    )


def _check(parts: SplitResult, options: dict[str, str]) -> None:
    if parts.scheme != "clickhouse" or not parts.hostname or parts.fragment:
        raise ValueError(f"the URL of the warehouse cannot be read: it looks like {FORM}")
    if parts.password is not None:
        raise ValueError(
            "the URL of the warehouse holds a password, which others on this machine could read: give it as "
            "HEADCOUNT_WAREHOUSE_PASSWORD, or in the file of settings"
        )
    if not _NAME.fullmatch(parts.path.removeprefix("/")):
        raise ValueError(f"the URL of the warehouse names no database of letters, digits and _: it looks like {FORM}")
    if unknown := sorted(options.keys() - _OPTIONS):
        raise ValueError(f"the URL of the warehouse has an option that is unknown, {unknown[0]}: it looks like {FORM}")
    if "cluster" in options and not _NAME.fullmatch(options["cluster"]):
        raise ValueError("the URL of the warehouse names no cluster of letters, digits and _ after cluster=")
    if options.get("replicas", "yes") != "yes" or ("replicas" in options and "cluster" not in options):
        raise ValueError("the URL of the warehouse has replicas=, which is yes, and stands beside cluster=")
