"""A cluster whose servers die, stand still and are cut off, under a load of reports: each acknowledged one is there once."""

from __future__ import annotations

import contextlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest

from headcount import fleet
from headcount.contract import REPORTS_PATH, Arrival, read_report, read_stock, vocabulary
from headcount.fleet import Event, Truths
from headcount.ingest import Inbox, Pseudonymizer, arrival
from headcount.questions import Query, ask
from headcount.warehouse import Warehouse
from headcount.warehouse.clickhouse import ClickHouseWarehouse
from headcount.warehouse.clickhouse._address import read_address
from headcount.warehouse.clickhouse._connection import connect
from headcount.warehouse.clickhouse._versions import LEASE
from tests.support.chaos import Site, Trouble, cut_off, dead_ingest, dead_shard, silent_shard, standing_still
from tests.support.clickhouse import clickhouse_missing
from tests.support.conformance import assert_expected
from tests.support.networks import networks_missing
from tests.support.requires import require
from tests.support.serving import Served
from tests.support.streams import Stream

_ASKED = (
    ("installs", "state", "alive"),
    ("installs", "day", "seen"),
    ("versions", "buildbot", "alive"),
    ("plugins", "all", "seen"),
    ("combinations", "pair", "alive"),
    ("environments", "db", "confirmed"),
    ("customization", "base", "alive"),
    ("sizes", "workers", "seen"),
    ("coverage", "level", "seen"),
    ("coverage", "quarantine", "seen"),
)
_OF_CLUSTER: tuple[Trouble, ...] = (dead_shard, cut_off, silent_shard)
_OF_PROCESSES: tuple[Trouble, ...] = (dead_ingest, standing_still(1), standing_still(LEASE + 1))
_TROUBLES = tuple(kind for pair in zip(_OF_CLUSTER, _OF_PROCESSES, strict=True) for kind in pair)
_TOGETHER = 0.3  # of the rounds have two of them
_SLOWEST = 150.0  # seconds for an answer, or for being told that there is none: servers wait for each other
_DRAINED = 300.0  # seconds in which all that waits is loaded, on a busy machine
_NEW = 5  # one installation of so many reports today for the first time
_BATCH = 5_000


class Watch:
    """Asks a server all the time how many installations were ever seen, which never become fewer."""

    def __init__(self, server: Served) -> None:
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.answers: Counter[int] = Counter()
        """By status."""
        self.slowest = 0.0
        """Seconds that one took."""
        self.wrong: list[object] = []
        """What is no answer as it should be."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        headers = {"Authorization": f"Bearer {self._server.token}"}
        before: tuple[int, str] = (0, "")
        while not self._stop.wait(0.1):
            begun = time.monotonic()
            try:
                answered = self._server.request("GET", "/api/ask/installs", headers=headers, patience=_SLOWEST)
            except OSError as error:
                self.wrong.append(error)
                continue
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.answers[answered.status] += 1
            if answered.status == 200:
                answer = answered.json()
                now = (answer["denominator"], answer["data_until"])
                if now[0] < before[0] or now[1] < before[1]:
                    self.wrong.append((before, now))
                before = now
            elif answered.status != 503 or "cannot be read now" not in answered.json()["problem"]:
                self.wrong.append(answered)


def _need_cluster() -> None:
    require(clickhouse_missing())
    require(networks_missing())


def _masters(installs: int, days: int, seed: int) -> tuple[list[Event], list[Event]]:
    """The reports of a fleet up to yesterday, those of some left out, and what may be reported today, by all."""
    yesterday = datetime.now(UTC).date() - timedelta(1)
    events = list(fleet.simulate(installs, days, seed, yesterday, guessers=installs // 30))
    before = [event for event in events if int((event.truth.install or "0")[-8:], 16) % _NEW]
    return before, [event for event in events if event.path == REPORTS_PATH]


def _arrival(event: Event, pseudonymizer: Pseudonymizer) -> Arrival:
    read = read_report if event.path == REPORTS_PATH else read_stock
    report = read(event.body, vocabulary())
    return arrival(report, report.install, event.received, pseudonymizer, event.secret)


def _load(warehouse: Warehouse, arrivals: list[Arrival]) -> None:
    for start in range(0, len(arrivals), _BATCH):
        warehouse.load(arrivals[start : start + _BATCH], inbox="history", through=start + _BATCH)


def _goes_wrong(site: Site, stream: Stream, rounds: int, chance: random.Random) -> Counter[str]:
    """Have so much go wrong, and be mended; return how often what did. Each kind comes once before any comes again.

    Then now and then something goes wrong with the cluster and with a process at the same time, or for so long that the
    others give up what a process was about.
    """
    done: Counter[str] = Counter()
    for number in range(rounds):
        again = number >= len(_TROUBLES)
        kinds = [_TROUBLES[number % len(_TROUBLES)]]
        if again and chance.random() < _TOGETHER:
            kinds.append(chance.choice(_OF_PROCESSES if kinds[0] in _OF_CLUSTER else _OF_CLUSTER))
        with contextlib.ExitStack() as stack:
            done.update(stack.enter_context(kind(site, chance)) for kind in kinds)
            stream.places = site.places
            time.sleep(chance.random() * chance.choice((0.5, 2, 5, LEASE + 5) if again else (0.5, 2)))
        stream.places = site.places
        time.sleep(chance.random())
    return done


def _is_whole(site: Site, warehouse: Warehouse, events: Iterable[Event], pseudonymizer: Pseudonymizer) -> None:
    """Every report is there once: its id, its sighting, and it in every answer."""
    arrivals = [_arrival(event, pseudonymizer) for event in events]
    with warehouse.snapshot() as snapshot:
        ids = snapshot.query("SELECT report FROM reports", {})
        sightings = snapshot.query("SELECT install, day, profile FROM sightings", {})
    assert sorted(ids) == sorted((each.report,) for each in arrivals if each.report)
    due = {(each.install, _day(each.received), each.profile) for each in arrivals if each.install}  # some have no id
    assert (len(sightings), {*sightings}) == (len(due), due)
    believed = fleet.Believed(order=lambda name: pseudonymizer.install(*name.split(" ")))
    truths = Truths((event.received, event.truth) for event in events)
    today = datetime.now(UTC).date()
    for question, by, basis in _ASKED:
        answer = ask(warehouse, Query(question, by, basis), today=today)
        expected = fleet.answer(
            question, truths, by=by, basis=basis, since=answer.since, until=answer.until, believed=believed
        )
        assert answer.denominator == expected.denominator
        assert_expected(answer, expected)
        served = site.server.served
        assert served is not None
        asked = served.ask(question, by=by, basis=basis)
        assert asked["rows"] == json.loads(json.dumps(answer.to_dict(), default=str))["rows"]


def _day(received: int) -> object:
    return datetime.fromtimestamp(received, UTC).date()


def _wait_until_loaded(site: Site) -> None:
    """Wait until no inbox holds anything."""
    inboxes = [Inbox(path) for directory in site.directories for path in (directory / "inbox").glob("*.sqlite")]
    end = time.monotonic() + _DRAINED
    while any(inbox.waits for inbox in inboxes):
        assert time.monotonic() < end, "reports wait in an inbox"
        time.sleep(0.1)


def _chaos(tmp_path: Path, *, rounds: int, installs: int, days: int, seed: int) -> str:
    """Return a line that says what was done."""
    _need_cluster()
    before, today = _masters(installs, days, seed)
    with Site(tmp_path) as site:
        site.start()
        assert site.server.served is not None
        pseudonymizer = Pseudonymizer((site.data / "pseudonym.key").read_bytes())
        address = read_address(site.url)
        with closing(ClickHouseWarehouse(address, pseudonymizer.fingerprint)) as warehouse:
            _load(warehouse, [_arrival(event, pseudonymizer) for event in before])
            begun = time.monotonic()
            with Watch(site.server.served) as watch:
                with Stream(today, seed, places=site.places) as stream:
                    done = _goes_wrong(site, stream, rounds, random.Random(seed))
                _wait_until_loaded(site)
            seconds = time.monotonic() - begun
            sent = [each.event for each in stream.acknowledged]
            _is_whole(site, warehouse, [*before, *sent], pseudonymizer)
        with closing(connect(address)) as connection:
            ((aborted, changes),) = connection.query("SELECT sum(aborted), count() FROM commits", {})
        assert [str(each) for each in watch.wrong] == []
        assert stream.statuses <= {503}
        assert "Traceback" not in site.errors()
    again = sum(each.tries > 1 for each in stream.acknowledged)
    return (
        f"{rounds} rounds in {seconds:.0f} s ({', '.join(f'{n} of {what}' for what, n in sorted(done.items()))}): "
        f"{len(sent):,} reports acknowledged, {again:,} of them after more than one try, and each is there once; "
        f"{changes:,} loads, {aborted:,} of them aborted and repeated; meanwhile {watch.answers[200]:,} answers and "
        f"{watch.answers[503]:,} times none, after {watch.slowest:.0f} s at most"
    )


@pytest.mark.ci
def test_a_little_chaos(tmp_path: Path) -> None:
    """A shard, a process and the network, each once: every acknowledged report counts once, and answers are the oracle's."""
    _chaos(tmp_path, rounds=3, installs=60, days=400, seed=5)


@pytest.mark.soak
def test_50_rounds_of_chaos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same for long, with processes that stand still until others gave up for them; what was done is said."""
    done = _chaos(tmp_path, rounds=50, installs=400, days=700, seed=21)
    with capsys.disabled():
        print(f"\n{done}")  # noqa: T201  # the summary of `make soak`
