"""What it costs to grow: the same rows in DuckDB, one server of ClickHouse and two shards, asked and loaded in turn."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from bench import _shards
from bench._large_fleet import STATES, UNTIL, build
from headcount.contract import Arrival, Profile, vocabulary
from headcount.questions import Answer, Query, ask
from headcount.warehouse import Warehouse
from headcount.warehouse.clickhouse import Address, ClickHouseWarehouse
from headcount.warehouse.duckdb import DuckWarehouse

_MILLIONS = os.environ.get("HEADCOUNT_BENCH_MILLIONS", "1,10,50")  # of sightings
_EACH = 50  # sightings of an installation
_RUNS = 3
_BATCHES = {20_000: 3, 200: 5, 1: 5}  # how many arrivals, and how often
_DAY = 86_400
_NOW = 1_793_491_100  # the evening of the last day, Unix time
_TICKS = os.sysconf("SC_CLK_TCK")

_QUERIES = (
    Query("installs", by="state"),
    Query("versions", by="buildbot"),
    Query("versions", by="buildbot", where="plugin = Git and python < 3.12"),
    Query("versions", by="buildbot", over="month"),
    Query("plugins", by="all"),
    Query("sizes", by="workers"),
    Query("upgrades", by="4.3.0"),
    Query("changes", by="month"),
    Query("adoption", by="4.1.0"),
)

Times = dict[str, list[float]]
"""Seconds by engine: the first of each in turn, the second of each, and so on."""


def measure(engines: Sequence[str]) -> dict[str, float]:
    """Seconds on DuckDB, and of each engine how many times that, by millions of sightings (``10m``).

    ``ask_…``: the time of some questions together, made anew; ``load_…_20000``: of a batch of so many arrivals;
    ``…_processor_s``: seconds of processors, those of the servers among them; ``bytes_…``: on the disk for each sighting;
    ``mb_…``: memory at the most. DuckDB has both processors of a machine with two, each server has one for a statement.
    Every answer is compared with DuckDB's.
    """
    figures: dict[str, float] = {}
    for millions in map(float, _MILLIONS.split(",")):
        sightings = round(millions * 1_000_000)
        size = f"{millions:g}m"
        with tempfile.TemporaryDirectory(prefix="headcount-bench-") as directory, ExitStack() as stack:
            path = Path(directory) / "some.duckdb"
            with closing(build(path, sightings // _EACH, sightings)) as warehouse:
                warehouse.rebuild()
            figures[f"bytes_{size}_duckdb"] = round(path.stat().st_size / sightings, 1)
            places = stack.enter_context(_shards.servers(Path(directory) / "servers"))
            chosen = {name: places[name] for name in engines}
            _shards.fill(path, chosen)
            for name, tables in _shards.bytes_on_disk(chosen).items():
                figures[f"bytes_{size}_{name}"] = round(sum(tables.values()) / sightings, 1)
                parts = (f"{table} {count / sightings:.1f}" for table, count in tables.items())
                print(f"  {size} {name}:", ", ".join(parts), flush=True)
            warehouses = stack.enter_context(_opened(path, chosen))
            children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
            comparison = Comparison(size, warehouses, [os.getpid(), *map(int, children)])
            figures |= comparison.asked() | comparison.loaded(sightings // _EACH) | comparison.memory()
    return figures


@contextmanager
def _opened(path: Path, places: Mapping[str, Address]) -> Iterator[Mapping[str, Warehouse]]:
    with ExitStack() as stack:
        warehouses: dict[str, Warehouse] = {"duckdb": stack.enter_context(closing(DuckWarehouse(path)))}
        for name, address in places.items():
            opened = ClickHouseWarehouse(address, connect=_shards.on_one_processor)
            warehouses[name] = stack.enter_context(closing(opened))
        yield warehouses


class Comparison:
    """Asks and loads warehouses in turn; ``processes``: this one, and those of the servers."""

    def __init__(self, size: str, warehouses: Mapping[str, Warehouse], processes: Sequence[int]) -> None:
        self._size = size
        self._warehouses = warehouses
        self._processes = processes

    def asked(self, runs: int = _RUNS) -> dict[str, float]:
        """Return what the questions take; each is asked once more, first, and its answers compared."""
        wall = dict.fromkeys(self._warehouses, 0.0)
        processor = dict.fromkeys(self._warehouses, 0.0)
        for query in _QUERIES:
            self._agree(query)
            found = self._timed(partial(_ask, query), runs)
            self._tell(f"{query.question} {' '.join(query.to_text().values())}", *found)
            for whole, times in zip((wall, processor), found, strict=True):
                for name in whole:
                    whole[name] += statistics.median(times[name])
        figures = {f"ask_{self._size}_duckdb_s": wall["duckdb"]}
        for name in wall:
            figures[f"ask_{self._size}_{name}_processor_s"] = processor[name]
            if name != "duckdb":
                figures[f"ask_{self._size}_{name}_vs_duckdb"] = wall[name] / wall["duckdb"]
        return {key: round(value, 2) for key, value in figures.items()}

    def loaded(self, installations: int, batches: Mapping[int, int] = _BATCHES) -> dict[str, float]:
        """Return what it takes to load reports of so many installations, each batch on a day of its own."""
        figures: dict[str, float] = {}
        day = 0
        for arrivals, runs in batches.items():
            wall: Times = {name: [] for name in self._warehouses}
            processor: Times = {name: [] for name in self._warehouses}
            for _ in range(runs):
                day += 1
                batch = list(_batch(min(arrivals, installations), installations, day))
                found = self._timed(partial(_load, batch, day), 1)
                for whole, times in zip((wall, processor), found, strict=True):
                    for name in whole:
                        whole[name] += times[name]
            self._tell(f"load {arrivals:,}", wall, processor)
            figures[f"load_{self._size}_{arrivals}_duckdb_s"] = statistics.median(wall["duckdb"])
            for name in wall:
                figures[f"load_{self._size}_{arrivals}_{name}_processor_s"] = statistics.median(processor[name])
                if name != "duckdb":
                    figures[f"load_{self._size}_{arrivals}_{name}_vs_duckdb"] = _ratio(wall, name)
        for query in _QUERIES[:2]:
            self._agree(query)
        return {key: round(value, 3) for key, value in figures.items()}

    def memory(self) -> dict[str, float]:
        """Return megabytes at the most: of this process, in which DuckDB and the loader are, and of each server."""
        names = ("this_process", *(f"server_{number}" for number in range(1, len(self._processes))))
        return {f"mb_{self._size}_{name}": _peak(process) for name, process in zip(names, self._processes, strict=True)}

    def _timed(self, call: Callable[[Warehouse], object], runs: int) -> tuple[Times, Times]:
        """Return seconds, and seconds of processors, of each run."""
        wall: Times = {name: [] for name in self._warehouses}
        processor: Times = {name: [] for name in self._warehouses}
        for _ in range(runs):
            for name, warehouse in self._warehouses.items():
                busy, start = self._busy(), time.perf_counter()
                call(warehouse)
                wall[name].append(time.perf_counter() - start)
                processor[name].append(self._busy() - busy)
        return wall, processor

    def _agree(self, query: Query) -> None:
        answers = {name: _ask(query, warehouse) for name, warehouse in self._warehouses.items()}
        differing = [name for name, answer in answers.items() if answer != answers["duckdb"]]
        assert not differing, (query, differing)

    def _busy(self) -> float:
        return sum(_busy(process) for process in self._processes)

    def _tell(self, what: str, wall: Times, processor: Times) -> None:
        parts = [
            f"{name} {statistics.median(wall[name]):.3f} s ({_ratio(wall, name):.2f}), processors "
            f"{statistics.median(processor[name]):.2f} s"
            for name in wall
        ]
        print(f"  {self._size} {what}: {'; '.join(parts)}", flush=True)


def _ask(query: Query, warehouse: Warehouse) -> Answer:
    return ask(warehouse, query, today=UNTIL)


def _load(batch: Sequence[Arrival], day: int, warehouse: Warehouse) -> None:
    warehouse.load(batch, inbox="bench", through=day)


def _batch(count: int, installations: int, day: int) -> Iterator[Arrival]:
    """Reports of a day; one in a hundred tells of another configuration than before."""
    content = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()
    for number in range(count):
        install = (number * 7919 + day) % installations
        profile = 1 << 40 if number % 100 == 1 else install * STATES + STATES - 1
        moment = _NOW + day * _DAY + number % 3600
        yield Arrival(moment, install, profile, content, report=day * 10**9 + number + 1)


def _ratio(times: Times, name: str) -> float:
    return statistics.median(one / other for one, other in zip(times[name], times["duckdb"], strict=True))


def _busy(process: int) -> float:
    """Seconds of processors that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000)
