"""The licence of what is published."""

from __future__ import annotations

from typing import NamedTuple

_ADDRESSES = {"CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
              "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
              "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/"}  # fmt: skip


class Licence(NamedTuple):
    """A licence. ``name``: an identifier of SPDX or any other text; empty: the operator names none."""

    name: str = ""

    @property
    def address(self) -> str:
        """Where it can be read; empty for one that is not known here."""
        return _ADDRESSES.get(self.name, "")
