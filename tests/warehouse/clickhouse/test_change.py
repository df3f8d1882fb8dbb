"""Changes: what one writes, and what it sees of what others wrote."""

from __future__ import annotations

from contextlib import closing

import pytest

from headcount.warehouse.clickhouse import Address, _loading
from headcount.warehouse.clickhouse._change import change
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.clickhouse._servers import Servers
from headcount.warehouse.clickhouse._versions import Versions


class GivenUpError(Exception):
    """A change is not to be."""


def test_a_change_sees_its_own_rows_and_none_of_one_that_was_aborted(place: Address) -> None:
    """Not even of one that was aborted since the last commit: a load that was cut off, before it is repeated."""
    with closing(Servers(place, connect)) as servers:
        versions = Versions(servers)
        with pytest.raises(GivenUpError):
            _mark_and_give_up(servers, versions)
        with change(servers, versions) as changing:
            _loading.mark(changing, "whole", 7)
            assert changing.before.query("SELECT inbox, through FROM marks", {}) == []
            assert changing.after().query("SELECT inbox, through FROM marks", {}) == [("whole", 7)]


def _mark_and_give_up(servers: Servers, versions: Versions) -> None:
    with change(servers, versions) as aborted:
        _loading.mark(aborted, "cut off", 5)
        aborted.flush()
        raise GivenUpError
