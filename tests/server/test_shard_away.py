"""While a shard is away reports are taken, as many as there is room for, and no answer is a part of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.support.chaos import Site
from tests.support.clickhouse import clickhouse_missing
from tests.support.command import headcount
from tests.support.networks import networks_missing
from tests.support.reports import ENVELOPE, REPORTS, report
from tests.support.requires import require
from tests.support.serving import Answered, Served
from tests.support.waiting import wait_until

ROOM = 20
"""Reports that may wait in an inbox."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two shards, two processes that ingest, and a server."""
    require(clickhouse_missing())
    require(networks_missing())
    with Site(tmp_path_factory.mktemp("site"), "--inbox-reports", str(ROOM)) as started:
        started.start()
        yield started


def _served(site: Site) -> Served:
    assert site.server.served is not None
    return site.server.served


def _send(site: Site, number: int) -> Answered:
    """Send the server the first report of an installation; nobody is number 0."""
    identity = f"{number + 1:032x}"
    return _served(site).post(REPORTS, report(number + 1, headcount={**ENVELOPE, "report": identity}))


_asked = count(1)


def _seen(site: Site) -> int:
    """How many installations were ever seen; of a window that was not asked for before, so that no kept answer is shown."""
    today = datetime.now(UTC).date()
    window = {"since": str(today - timedelta(next(_asked))), "until": str(today)}
    denominator: int = _served(site).ask("installs", by="day", **window)["denominator"]
    return denominator


def _get(site: Site, path: str, accept: str = "*/*") -> Answered:
    headers = {"Authorization": f"Bearer {_served(site).token}", "Accept": accept}
    return _served(site).request("GET", path, headers=headers)


@pytest.mark.parametrize("shard", [pytest.param(0, marks=pytest.mark.soak), pytest.param(1, marks=pytest.mark.ci)])
def test_reports_are_taken_and_no_answer_is_a_part(site: Site, shard: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown is what was shown before, with its time, or that there is no answer; afterwards all is counted."""
    server = _served(site)
    monkeypatch.setenv("HEADCOUNT_TOKEN", server.token)
    begin = _seen(site)
    for number in range(begin, begin + 5):
        assert _send(site, number).status == 202
    wait_until(lambda: _seen(site) == begin + 5, "the reports were loaded")
    before, page = server.ask("installs"), _get(site, "/", "text/html")
    assert page.status == 200
    site.cluster.kill(shard)
    try:
        taken = 0
        while (answered := _send(site, begin + 5 + taken)).status == 202:
            taken += 1
        assert (answered.status, answered.headers["retry-after"]) == (503, "60")
        assert taken >= ROOM
        assert "full" in _get(site, "/readyz").json()["problems"]["inbox"]
        asked = _get(site, "/api/ask/installs")
        assert asked.status == 503 or asked.json() == before
        assert "cannot be read now" in _get(site, f"/api/ask/sizes?until=2026-01-{1 + shard:02}").json()["problem"]
        shown = _get(site, "/", "text/html")
        assert shown.status == 503 or shown.body == page.body
        for options in (("--url", server.url), ("--data", str(site.data))):
            done = headcount("ask", "sizes", *options)
            assert (done.returncode, done.printed) == (1, b"")
            assert "the warehouse cannot be" in done.stderr
    finally:
        site.cluster.restart(shard)
    wait_until(lambda: _seen(site) == begin + 5 + taken, "what waited was loaded")
    wait_until(lambda: _send(site, begin + 5 + taken).status == 202, "there was room again")
    wait_until(lambda: _seen(site) == begin + 6 + taken, "that was loaded too")
