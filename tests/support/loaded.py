"""A simulated fleet, loaded the way of all reports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache

from headcount import fleet
from headcount.contract import REPORTS_PATH, Arrival, Profile, Report, read_report, read_stock, vocabulary
from headcount.ingest import Pseudonymizer, arrival, drop
from headcount.warehouse import Loading
from headcount.warehouse.duckdb import DuckWarehouse

_BATCH = 5_000


@dataclass
class Fleet:
    """One fleet: its truth, what was thrown away (when, why, its body), and a DuckDB warehouse that holds its reports.

    ``arrivals``: all of them, as they were loaded; ``believed``: the flood rule, by which those that came on one day are
    released in the order of their pseudonyms.
    """

    truths: fleet.Truths
    dropped: list[tuple[int, str, bytes]]
    arrivals: list[Arrival]
    warehouse: DuckWarehouse
    until: date
    believed: fleet.Believed

    @property
    def newest(self) -> int:
        """When the newest report of an installation came, Unix time."""
        return max(received for received, truth in self.truths if truth.install is not None)


@contextmanager
def empty_warehouse() -> Iterator[DuckWarehouse]:
    """Yield an empty warehouse in memory that uses one thread, since two test processes share two cores."""
    with closing(DuckWarehouse(":memory:", threads=1)) as warehouse:
        yield warehouse


@contextmanager
def load(
    *,
    installs: int,
    days: int,
    seed: int,
    until: date,
    edges: Iterable[date] = (),
    batch: int = _BATCH,
    times: int = 1,
) -> Iterator[Fleet]:
    """Simulate a fleet and load it, in batches of ``batch`` arrivals, each batch ``times`` times.

    A quarter of it has a twin under another id, so that profiles are shared. On each day of ``edges`` somebody reports
    in the first second, and somebody in the last, who was seen once before, with an older release on the same day; there
    are two floods, and reports without an id.
    """
    listed = sorted(edges)
    crowd = _awkward(_simulate(installs, days, seed, until), until, listed)
    with load_events(crowd, until, listed, batch=batch, times=times) as made:
        yield made


def fleet_arrivals(*, installs: int, days: int, seed: int, until: date, edges: Iterable[date] = ()) -> list[Arrival]:
    """Return the arrivals of such a fleet, in the order of a loader's rows, and nothing that was thrown away."""
    events = _awkward(_simulate(installs, days, seed, until), until, sorted(edges))
    return list(_arrivals(events, Pseudonymizer(b"k" * 32)))


def _awkward(events: list[fleet.Event], until: date, edges: list[date]) -> list[fleet.Event]:
    """A fleet with twins, with what comes on the edges, without ids and from blocks that have too many."""
    twins = [_under(event, event.truth.install) for event in events if (event.truth.install or "").endswith(_TWINS)]
    made_up = [*_on_edges(events, edges), *_back_to_stock(events, until), *_nameless(events, edges)]
    return [_crowded(event) for event in (*events, *twins, *made_up)]


@lru_cache(maxsize=1)
def _simulate(installs: int, days: int, seed: int, until: date) -> list[fleet.Event]:
    return list(fleet.simulate(installs, days, seed, until, floods=2, guessers=20))


def _crowded(event: fleet.Event) -> fleet.Event:
    """The same report, of some installations as one of too many of its block."""
    crowded = (event.truth.install or "").endswith(("a", "5"))
    return replace(event, truth=replace(event.truth, crowded=True)) if crowded else event


_TWINS = tuple("0123")  # the last digits of ids that have twins


def _under(event: fleet.Event, name: str | None, received: int | None = None) -> fleet.Event:
    """The same report of another installation, or another report of it that says the same."""
    install = hashlib.sha1(f"another {name}".encode()).hexdigest()
    body, truth = {**event.body, "installid": install}, replace(event.truth, install=install)
    envelope = body.get("headcount")
    if isinstance(envelope, dict):  # a report whose id is known was sent again
        identifier = hashlib.sha256(f"{envelope['report']} {received}".encode()).hexdigest()[:32]
        body["headcount"] = {**envelope, "report": identifier}
    return replace(event, body=body, truth=truth, received=event.received if received is None else received)


def _back_to_stock(events: list[fleet.Event], until: date) -> Iterator[fleet.Event]:
    """One that moved to our reporter with the configuration it had, was confirmed under its secret, and came back.

    Neither report has a janitor: what is taken out for it would be of the other's plugins.
    """
    plain = [event for event in events if event.truth.install and "anitor" not in str(event.body)]
    ours = next((event for event in plain if event.secret is not None), None)
    stock = next((event for event in plain if event.truth.sender == "stock"), None)
    if ours is not None and stock is not None:
        end = _midnight(until)
        same = replace(stock, truth=replace(stock.truth, plugins=ours.truth.plugins, kinds=ours.truth.kinds),
                       body={**stock.body, "plugins": ours.body["plugins"]})  # fmt: skip
        for event, days in ((same, 90), (ours, 60), (ours, 50), (same, 20)):
            yield _under(event, "came back", end - days * 86_400)


def _nameless(events: list[fleet.Event], edges: list[date]) -> Iterator[fleet.Event]:
    """Some reports without an id, each sent again at once, and a day later; and one on each of the edges."""
    for event in events[::12]:
        for later in (0, 5, 86_400):
            yield _without_id(event, event.received + later)
    for event, edge in zip(events, edges, strict=False):
        yield _without_id(event, _midnight(edge))


def _without_id(event: fleet.Event, received: int) -> fleet.Event:
    body = {name: value for name, value in event.body.items() if name != "installid"}
    return replace(event, body=body, truth=replace(event.truth, install=None, secret=None), received=received)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _on_edges(events: list[fleet.Event], edges: list[date]) -> Iterator[fleet.Event]:
    full = [event for event in events if event.truth.level == "full" and "buildbot" in event.truth.versions]
    full.sort(key=lambda event: [int(part) for part in event.truth.versions["buildbot"].split(".")])
    for number, edge in enumerate(edges):
        midnight = _midnight(edge)
        old, new = full[number % len(full)], full[-1 - number % len(full)]
        yield _under(new, f"first-{number}", midnight)
        yield _under(old, f"last-{number}", midnight - 86_400 * 40)
        yield _under(new, f"last-{number}", midnight + 86_398)
        yield _under(old, f"last-{number}", midnight + 86_399)


@contextmanager
def load_events(
    events: Iterable[fleet.Event], until: date, edges: Iterable[date] = (), *, batch: int = _BATCH, times: int = 1
) -> Iterator[Fleet]:
    """Load these reports; something is thrown away now and then, and on each of ``edges``.

    ``times``: how often each batch is loaded. An engine promises that the same batch changes nothing when it comes again,
    and `tests.support.conformance` looks at every table after that; whoever asks something else loads a batch once.
    """
    listed = list(events)
    pseudonymizer = Pseudonymizer(b"k" * 32)
    arrivals = list(_arrivals(listed, pseudonymizer))
    dropped = [*_dropped(listed), *((_midnight(edge), "dropped: no report", str(edge).encode()) for edge in edges)]
    arrivals += [drop(kind, received, body, pseudonymizer) for received, kind, body in dropped]
    with empty_warehouse() as warehouse:
        load_in_batches(warehouse, arrivals, batch, times)
        believed = fleet.Believed(order=lambda name: pseudonymizer.install(*name.split(" ")))
        truths = fleet.Truths((event.received, event.truth) for event in listed)
        yield Fleet(truths, dropped, arrivals, warehouse, until, believed)


def load_in_batches(warehouse: Loading, arrivals: Sequence[Arrival], batch: int = _BATCH, times: int = 1) -> None:
    """Load arrivals, so many at a time, and each batch so often."""
    for start in range(0, len(arrivals), batch):
        for _ in range(times):
            warehouse.load(arrivals[start : start + batch], inbox="a", through=start + batch)


def _dropped(events: list[fleet.Event]) -> Iterator[tuple[int, str, bytes]]:
    """Bodies that were thrown away, some of them sent again at once and on the next day."""
    for number, event in enumerate(events[::25]):
        kind = ("dropped: not JSON", "dropped: too large", "damaged")[number % 3]
        for later in (0, 7, 86_400)[: number % 4]:
            yield event.received + later, kind, str(number % 50).encode()


def _arrivals(events: list[fleet.Event], pseudonymizer: Pseudonymizer) -> Iterator[Arrival]:
    reports: dict[tuple[str, int], Report] = {}  # an installation that only starts again sends the same body
    for event in events:
        key = (event.path, id(event.body))
        if key not in reports:
            read = read_report if event.path == REPORTS_PATH else read_stock
            reports[key] = read(event.body, vocabulary())
        report = reports[key]
        made = arrival(report, report.install, event.received, pseudonymizer, event.secret)
        yield made._replace(crowded=event.truth.crowded)


def sightings(installs: range, *days: date) -> list[Arrival]:
    """Reports of these installations, one on each of these days."""
    content = Profile("stock", "basic").canonical()
    return [
        Arrival(int(datetime(*day.timetuple()[:3], 12, tzinfo=UTC).timestamp()), install, 1 << 40, content)
        for install in installs
        for day in days
    ]
