"""The settings of the collector itself: where it listens, what it believes, and what bounds it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from headcount.settings._forms import address, networks, port, public_url, read_k, setting, whole, word


@dataclasses.dataclass(frozen=True)
class CollectorSettings:
    """What the collector itself is told."""

    data: Path = setting(Path("headcount-data"), Path, "the data directory", metavar="DIR")
    host: str = setting("127.0.0.1", str, "the address to listen on", metavar="HOST")
    port: int = setting(8010, port, "the port to listen on, 0 for a free one", metavar="PORT")
    metrics: str = setting(
        "", address, "where to serve `/metrics` without a token, such as 127.0.0.1:9010; empty: nowhere",
        metavar="HOST:PORT",
    )  # fmt: skip
    public_url: str = setting(
        "", public_url, "the address by which others reach the server, such as https://headcount.example.org: for the "
        "sign-in's cookie and the links; empty: http, at the host and port", metavar="URL",
    )  # fmt: skip
    data_licence: str = setting(
        "CC0-1.0", str, "the licence of what is published, by its SPDX identifier such as CC0-1.0 or CC-BY-4.0; empty: the "
        "pages name none", live=True, metavar="LICENCE",
    )  # fmt: skip
    contact: str = setting(
        "", str, "whom `/privacy` names as the operator, such as an e-mail address", live=True, metavar="TEXT"
    )
    trusted_proxies: tuple[Any, ...] = setting(
        (), networks, "addresses and networks whose `X-Forwarded-For` is believed, separated by commas",
        live=True, metavar="NETWORKS",
    )  # fmt: skip
    quota: int = setting(
        1200, whole(0), "reports an hour that one block of addresses (IPv4 /24, IPv6 /48) may send; 64 KiB of body count "
        "as one more; 0: as many as it likes", live=True,
    )  # fmt: skip
    question_quota: int = setting(
        1200,
        whole(0),
        "questions an hour that one maintainer may ask, pages included; 0: as many as they like",
        live=True,
    )
    connections: int = setting(
        4000,
        whole(1),
        "connections at a time; for one more, one is closed of the block of addresses that has most",
        live=True,
    )
    head_seconds: int = setting(
        15, whole(1), "seconds that a sender has from the connection to the end of a request's head", live=True
    )
    body_seconds: int = setting(300, whole(1), "seconds that a sender has for the body of a request", live=True)
    slowest: int = setting(
        2048, whole(1), "bytes a second that the body of a request must bring, and that a reader must take of a reply, in "
        "each 15 seconds", live=True,
    )  # fmt: skip
    body_memory: int = setting(
        256,
        whole(16),
        "MiB that the bodies on their way in may take together, and an eighth of it those of one block of addresses; what "
        "comes beyond is put off",
        live=True,
    )
    inbox_reports: int = setting(
        1_000_000, whole(1), "reports, about, that may wait in the inbox of a process, as while the warehouse is away; what "
        "comes beyond is put off", live=True,
    )  # fmt: skip
    flood_floor: int = setting(
        5, whole(1), "newcomers on a day that are believed whatever the days before let expect, and four times as many in "
        "28 days; raise it before many installations are pointed here at once", live=True,
    )  # fmt: skip
    block_newcomers: int = setting(
        20, whole(0), "installations that one block of addresses may report for on a day; further ones are not believed "
        "yet where they are new; 0: as many as it likes", live=True,
    )  # fmt: skip
    load_seconds: int = setting(
        8, whole(0), "seconds for which reports may wait until they are in the answers, unless thousands do; a command "
        "such as `ask` loads them first; each load takes some tenth of a second of a processor", live=True,
    )  # fmt: skip
    retention: int = setting(
        793, whole(32), "days for which sightings are held; past them only counts remain", metavar="DAYS"
    )
    k: int = setting(5, read_k, "counts under K are not published")
    log_level: str = setting(
        "warning",
        word("debug", "info", "warning", "error"),
        "the least level that is logged",
        live=True,
        metavar="LEVEL",
    )
    log_format: str = setting(
        "auto", word("auto", "json", "text"), "how a line of the log is written; auto: text on a terminal, else JSON",
        live=True, metavar="FORMAT",
    )  # fmt: skip
