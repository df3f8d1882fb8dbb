"""How long answers take on 10 million reports of 200,000 installations, beside PostgreSQL with one `jsonb` row a report."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from bench import _jsonb
from bench._large_fleet import UNTIL, build
from headcount.contract import Arrival, Profile, vocabulary
from headcount.dashboard import PAGES, Picture, View
from headcount.questions import REGISTRY, Answer, Chart, Query, ask
from headcount.server.data.answer_cache import AnswerCache
from headcount.warehouse.duckdb import DuckWarehouse

_SCALE = float(os.environ.get("HEADCOUNT_BENCH_SCALE", "1"))  # for a look at a smaller fleet
_INSTALLATIONS = round(200_000 * _SCALE)
_REPORTS = round(10_000_000 * _SCALE)
_REBUILT = round(50_000_000 * _SCALE)
_RUNS = 5
_FILTERED_RUNS = 3
_CONDITIONS = ("plugin = Git and python < 3.12", "python >= 3")  # half of the fleet match, and nearly all
_Times = dict[tuple[str, ...], list[float]]
_NOW = 1_793_491_100.0  # the evening of the last day


def measure(engines: Sequence[str] = ()) -> dict[str, float]:
    """Milliseconds at the 95th percentile, and ratios; where engines beside DuckDB are given, see `bench._growth`.

    ``page_p95_ms``: the data of a page that somebody looked at within the day, as the server gives it while reports are
    loaded: between two looks comes a load, and what takes long is shown from before it, so this is mostly the time of a kept
    answer, and is quoted with the next; ``fresh_p95_ms``: an answer that is
    made anew, as at the first look; ``filtered_p95_ms``: one with a condition, made anew, of every question by everything;
    ``filtered_slowest_ms``: the median of the slowest of those;
    ``growth_10x``: the time of all questions on ten times the reports of the same installations, over that on these;
    ``vs_jsonb``: shares of versions and of plugins on PostgreSQL with a tenth of the reports, over ours;
    ``loaded_per_s``; ``rebuild_s``: of five times the reports.
    """
    if others := [engine for engine in engines if engine != "duckdb"]:
        from bench import _growth  # noqa: PLC0415  # it needs ClickHouse

        return _growth.measure(others)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as directory:
        with closing(build(Path(directory) / "some.duckdb", _INSTALLATIONS, _REPORTS)) as warehouse:
            warehouse.rebuild()
            fresh: _Times = {way: _times(partial(_ask, warehouse, way)) for way in _ways()}
            filtered: _Times = {
                (*way, where): _times(partial(_ask, warehouse, way, where), _FILTERED_RUNS)
                for way in _every_way()
                for where in _CONDITIONS
            }
            figures["page_p95_ms"] = _p95([_live(warehouse, page) for page in _pages(warehouse)])
            figures["fresh_p95_ms"] = _p95(list(fresh.values()))
            figures["filtered_p95_ms"] = _p95(list(filtered.values()))
            figures["filtered_slowest_ms"] = _slowest("filtered", filtered)
            _slowest("fresh", fresh)
            figures["vs_jsonb"] = _against_postgres(warehouse)
            figures["loaded_per_s"] = _load(warehouse)
            once = sum(statistics.median(times) for times in fresh.values())
        with closing(build(Path(directory) / "five.duckdb", _INSTALLATIONS, _REBUILT)) as warehouse:
            start = time.perf_counter()
            warehouse.rebuild()
            figures["rebuild_s"] = round(time.perf_counter() - start, 1)
        (Path(directory) / "five.duckdb").unlink()
        with closing(build(Path(directory) / "ten.duckdb", _INSTALLATIONS, 10 * _REPORTS)) as warehouse:
            warehouse.rebuild()
            more = sum(statistics.median(_times(partial(_ask, warehouse, way))) for way in _ways())
            figures["growth_10x"] = round(more / once, 2)
    return figures


def _ways() -> Iterator[tuple[str, str]]:
    """What the pages show: each question as it is first asked, and versions and plugins by what the first page has."""
    yield from (("versions", "python"), ("versions", "twisted"), ("plugins", "www"), ("installs", "month"))
    for name, question in REGISTRY.items():
        by, breakdown = next(iter(question.by.items()))
        if not breakdown.scope.subject:
            yield name, by


def _every_way() -> Iterator[tuple[str, str]]:
    """All that can be asked of installations that match a condition; of the releases to upgrade to, the newest."""
    for name, question in REGISTRY.items():
        releases = 0
        for by, breakdown in question.by.items():
            releases += breakdown.scope.starts is not None
            if breakdown.scope.starts is None or releases == 1:
                yield name, by


def _slowest(name: str, times: _Times) -> float:
    """Say which is the slowest by its median, and return that in milliseconds."""
    slowest = max(times, key=lambda way: statistics.median(times[way]))
    took = round(statistics.median(times[slowest]) * 1000, 1)
    print(f"  slowest {name}: {', '.join(slowest)}: {took:.0f} ms")
    return took


def _ask(warehouse: DuckWarehouse, way: tuple[str, str], where: str | None = None) -> object:
    return ask(warehouse, Query(way[0], by=way[1], where=where), today=UNTIL)


def _undrawn(answer: Answer, kind: Chart | None = None, beside: Answer | None = None) -> Picture:  # noqa: ARG001
    return Picture("", "", "")


def _pages(warehouse: DuckWarehouse) -> Iterator[Callable[[], object]]:
    """All that a page asks, as the server asks it again while the data is the same."""
    answers = AnswerCache(warehouse, lambda: _NOW)
    asked: list[Callable[[], object]] = []

    def ask_and_note(query: Query) -> Answer:
        asked.append(partial(answers.ask, query))
        return answers.ask(query)

    pages = {page.path: page for page in PAGES}
    pages["/"].render(ask_and_note, _undrawn, View(today=UNTIL))
    yield partial(_all, list(asked))
    for name in REGISTRY:
        asked.clear()
        pages["/questions/{name}"].render(
            ask_and_note, _undrawn, View(name, {"where": "plugin = Git"} if name == "drop" else {})
        )
        yield partial(_all, list(asked))


def _live(warehouse: DuckWarehouse, page: Callable[[], object]) -> list[float]:
    """Looks at a page, each after a load; the first two are not counted, by which the server learns how long it takes."""
    found = []
    for _ in range(_RUNS + 2):
        _load(warehouse, batches=1, size=10)
        start = time.perf_counter()
        page()
        found.append(time.perf_counter() - start)
    return found[2:]


def _all(calls: list[Callable[[], object]]) -> None:
    for call in calls:
        call()


def _times(call: Callable[[], object], runs: int = _RUNS) -> list[float]:
    call()
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return found


def _p95(times: list[list[float]]) -> float:
    every = [seconds for each in times for seconds in each]
    return round(statistics.quantiles(every, n=20, method="inclusive")[-1] * 1000, 1)


def _against_postgres(warehouse: DuckWarehouse) -> float:
    ours = sum(min(_times(partial(_ask, warehouse, way))) for way in (("versions", "buildbot"), ("plugins", "all")))
    theirs = _jsonb.answers(_INSTALLATIONS, _REPORTS // 10)
    return round(theirs / ours, 1)


def _load(warehouse: DuckWarehouse, batches: int = 5, size: int = 20_000) -> float:
    """Arrivals of one day, in batches as the loader takes them."""
    content = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()
    start = time.perf_counter()
    for batch in range(batches):
        first = batch * size
        arrivals = [Arrival(round(_NOW) + 60, (first + n) % _INSTALLATIONS, 1, content) for n in range(size)]
        warehouse.load(arrivals, inbox="bench", through=first + size)
    return round(batches * size / (time.perf_counter() - start))
