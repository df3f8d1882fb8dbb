"""What is published of a week: stored once, by the first of several processes."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from headcount.warehouse import published_states
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse


@pytest.mark.ci
def test_of_two_that_publish_a_week_at_once_one_does(address: Address) -> None:
    """Both have what was stored, with the states that the tables of that one count."""
    with closing(ClickHouseWarehouse(address)) as one, closing(ClickHouseWarehouse(address)) as other:
        assert not other.was_published("2026-W08")
        stored: list[str] = []
        threads = [
            threading.Thread(
                target=lambda each=each, own=own: stored.append(each.publish("2026-W08", str(own), {own: 7}))
            )
            for own, each in enumerate((one, other, one, other), 1)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(stored) == 4
        assert len({*stored}) == 1
        for each in (one, other):
            assert each.was_published("2026-W08")
            with each.snapshot() as read:
                assert read.query("SELECT name, document FROM documents", {}) == [("2026-W08", stored[0])]
                assert published_states(read, "2026-W08") == {int(stored[0]): 7}
