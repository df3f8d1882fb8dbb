"""The settings of the warehouse: where it is, and how to sign in there."""

from __future__ import annotations

import dataclasses

from headcount.settings._forms import password, setting, url_without_password, word


@dataclasses.dataclass(frozen=True)
class WarehouseSettings:
    """Where the warehouse is. What is empty is as the data directory remembers it, or the default."""

    warehouse: str = setting(
        "", url_without_password, "where the warehouse is, such as clickhouse://USER@HOST:PORT/DATABASE?cluster=NAME; "
        "empty: where the data directory had it before, or in a file of its own in there", metavar="URL",
    )  # fmt: skip
    warehouse_password: str = setting("", password, "the password of the user in the warehouse's URL", metavar="SECRET")
    warehouse_tls: str = setting(
        "no", word("no", "yes"), "whether connections to the warehouse's servers are encrypted", metavar="WORD"
    )
    warehouse_ca: str = setting(
        "", str, "a file of the certificates that the warehouse's servers may have theirs from, which encrypts too; empty: "
        "those of the system", metavar="FILE",
    )  # fmt: skip
