"""What public pages say of the collector that shows them."""

from __future__ import annotations

from typing import NamedTuple

_LICENCES = {"CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
             "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
             "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/"}  # fmt: skip


class PublicSite(NamedTuple):
    """The collector: ``address``: by which others reach it, such as ``https://headcount.example.org``, empty where it is not
    known; ``licence``: of what it publishes, an identifier of SPDX or any other text, empty where there is none.
    """

    address: str = ""
    licence: str = ""

    @property
    def licence_address(self) -> str:
        """Where the licence can be read; empty for one that is not known here."""
        return _LICENCES.get(self.licence, "")
