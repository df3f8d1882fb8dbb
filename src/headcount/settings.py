"""The settings of the collector: one table, read from flags, the environment and a TOML file.

A flag wins over the environment variable, that over the file, that over the default. The fields of `Settings` are the
table: the flags of the command, the variables, the keys of the file and the documentation are made from them. Imports
nothing of ours, since the command reads it before anything else is loaded.
"""

from __future__ import annotations

import dataclasses
import difflib
import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class BadSettings(ValueError):
    """Settings that cannot be used; the message names each, where it was given, and what it must be."""


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise ValueError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _whole(least: int) -> Callable[[str], int]:
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


def _networks(text: str) -> tuple[Any, ...]:
    return tuple(_network(part) for part in text.replace(",", " ").split())


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(f"must be addresses or networks such as 10.0.0.0/8, not {text!r}") from None


def _address(text: str) -> str:
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


def _public_url(text: str) -> str:
    url = text.rstrip("/")
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0 and url == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        is_address = False
    if url and not (is_address and "@" not in url and (parts.scheme == "https" or is_plain_loopback(url))):
        raise ValueError(f"must be an address such as https://headcount.example.org, without a path, not {text!r}")
    return url


def _word(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}, not {text!r}")
        return text

    return read


def _setting(default: Any, read: Callable[[str], Any], meaning: str, *, live: bool = False, metavar: str = "N") -> Any:
    return dataclasses.field(
        default=default, metadata={"read": read, "meaning": meaning, "live": live, "metavar": metavar}
    )


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a collector is told."""

    data: Path = _setting(Path("headcount-data"), Path, "the data directory", metavar="DIR")
    host: str = _setting("127.0.0.1", str, "the address to listen on", metavar="HOST")
    port: int = _setting(8010, _port, "the port to listen on, 0 for a free one", metavar="PORT")
    metrics: str = _setting(
        "", _address, "where to serve `/metrics` without a token, such as 127.0.0.1:9010; empty: nowhere",
        metavar="HOST:PORT",
    )  # fmt: skip
    public_url: str = _setting(
        "", _public_url, "the address by which others reach the server, such as https://headcount.example.org: for the "
        "sign-in's cookie and the links; empty: http, at the host and port", metavar="URL",
    )  # fmt: skip
    contact: str = _setting(
        "", str, "whom `/privacy` names as the operator, such as an e-mail address", live=True, metavar="TEXT"
    )
    data_licence: str = _setting(
        "CC0-1.0", str, "the licence of what is published, by its SPDX identifier such as CC0-1.0 or CC-BY-4.0; empty: the "
        "pages name none", live=True, metavar="LICENCE",
    )  # fmt: skip
    trusted_proxies: tuple[Any, ...] = _setting(
        (), _networks, "addresses and networks whose `X-Forwarded-For` is believed, separated by commas",
        live=True, metavar="NETWORKS",
    )  # fmt: skip
    quota: int = _setting(
        1200, _whole(0), "reports an hour that one block of addresses (IPv4 /24, IPv6 /48) may send; 64 KiB of body count "
        "as one more; 0: as many as it likes", live=True,
    )  # fmt: skip
    question_quota: int = _setting(
        1200,
        _whole(0),
        "questions an hour that one maintainer may ask, pages included; 0: as many as they like",
        live=True,
    )
    connections: int = _setting(
        4000,
        _whole(1),
        "connections at a time; for one more, one is closed of the block of addresses that has most",
        live=True,
    )
    head_seconds: int = _setting(
        15, _whole(1), "seconds that a sender has from the connection to the end of a request's head", live=True
    )
    body_seconds: int = _setting(300, _whole(1), "seconds that a sender has for the body of a request", live=True)
    slowest: int = _setting(
        2048, _whole(1), "bytes a second that the body of a request must bring, and that a reader must take of a reply, in "
        "each 15 seconds", live=True,
    )  # fmt: skip
    body_memory: int = _setting(
        256,
        _whole(16),
        "MiB that the bodies on their way in may take together, and an eighth of it those of one block of addresses; what "
        "comes beyond is put off",
        live=True,
    )
    flood_floor: int = _setting(
        5, _whole(1), "newcomers on a day that are believed whatever the days before let expect, and four times as many in "
        "28 days; raise it before many installations are pointed here at once", live=True,
    )  # fmt: skip
    block_newcomers: int = _setting(
        20, _whole(0), "installations that one block of addresses may report for on a day; further ones are not believed "
        "yet where they are new; 0: as many as it likes", live=True,
    )  # fmt: skip
    load_seconds: int = _setting(
        8, _whole(0), "seconds for which reports may wait until they are in the answers, unless thousands do; a command "
        "such as `ask` loads them first; each load takes some tenth of a second of a processor", live=True,
    )  # fmt: skip
    retention: int = _setting(
        793, _whole(32), "days for which sightings are held; past them only counts remain", metavar="DAYS"
    )
    k: int = _setting(5, read_k, "counts under K are not published")
    log_level: str = _setting(
        "warning",
        _word("debug", "info", "warning", "error"),
        "the least level that is logged",
        live=True,
        metavar="LEVEL",
    )
    log_format: str = _setting(
        "auto", _word("auto", "json", "text"), "how a line of the log is written; auto: text on a terminal, else JSON",
        live=True, metavar="FORMAT",
    )  # fmt: skip

    def changed(self, other: Settings) -> tuple[list[str], list[str]]:
        """Return the names of the settings in which ``other`` differs: those that can change while it runs, and the rest."""
        names = [field.name for field in fields() if getattr(self, field.name) != getattr(other, field.name)]
        live = {field.name for field in fields() if field.metadata["live"]}
        return [name for name in names if name in live], [name for name in names if name not in live]


def fields() -> tuple[dataclasses.Field[Any], ...]:
    """Return the table: each field's metadata holds ``read``, ``meaning``, ``live`` and ``metavar``."""
    return dataclasses.fields(Settings)


def flag(name: str) -> str:
    """Return the flag of a setting, such as ``--trusted-proxies``."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """Return the environment variable of a setting, such as ``HEADCOUNT_TRUSTED_PROXIES``."""
    return "HEADCOUNT_" + name.upper()


def shown(value: object) -> str:
    """Return a value as the table shows it."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def read_settings(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None) -> Settings:
    """Read the settings from flags (already values), the environment's variables and a TOML file.

    Raises `BadSettings` with everything that is wrong.
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    in_file = {} if file is None else dict(_toml(file, problems))
    for field in fields():
        texts = [(f"{field.name} in {file}", in_file.get(field.name)), _given(environ, field.name)]
        for where, text in texts:
            if text is None:
                continue
            try:
                values[field.name] = field.metadata["read"](text)
            except ValueError as error:
                problems.append(f"{where}: {error}")
        if flags.get(field.name) is not None:
            values[field.name] = flags[field.name]
    if problems:
        raise BadSettings("; ".join(problems))
    return Settings(**values)


def _given(environ: Mapping[str, str], name: str) -> tuple[str, str | None]:
    return f"{variable(name)} in the environment", environ.get(variable(name))


def _toml(file: Path, problems: list[str]) -> Iterator[tuple[str, str]]:
    import tomllib  # noqa: PLC0415  # of Python 3.11, which the collector needs and the command does not

    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"the settings cannot be read from {file}: {error.strerror}")
        return
    except ValueError as error:  # neither UTF-8 nor TOML
        problems.append(f"{file} is not TOML: {error}")
        return
    names = [field.name for field in fields()]
    for key, value in table.items():
        if key not in names:
            near = difflib.get_close_matches(key, names, 1)
            problems.append(f"{file} has {key!r}, which is no setting" + (f": is it {near[0]!r}?" if near else ""))
        elif isinstance(value, list):
            yield key, ",".join(map(str, value))
        elif isinstance(value, (str, int)) and not isinstance(value, bool):
            yield key, str(value)
        else:
            problems.append(f"{key} in {file}: must be a string, a whole number or a list of strings")
