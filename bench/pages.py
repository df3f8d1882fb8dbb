"""How long each page takes, warm and after new reports, and what it weighs, beside its bytes as a file of nginx."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from bench._dashboard import Dashboard, dashboard
from bench._fleet import bodies
from bench._paired import paired
from bench._peers import nginx
from headcount.contract import REPORTS_PATH
from headcount.dashboard import PAGES
from headcount.questions import REGISTRY

_SCALE = float(os.environ.get("HEADCOUNT_BENCH_SCALE", "1"))  # for a look at a smaller fleet
_INSTALLATIONS = round(200_000 * _SCALE)
_REPORTS = round(10_000_000 * _SCALE)
_RUNS = 15
_LOADS = 5  # reports that come, each before a look at the overview; every other page is looked at after one
_CVS = "buildbot.steps.source.cvs.CVS"
_EXAMPLES = {"/questions/{name}": tuple(REGISTRY), "/plugins/{name}": (_CVS,)}  # what stands in a path that has a place
_CONDITION = f"where={quote('plugin = CVS')}"
_TYPED = {"/drop": _CONDITION, "/questions/drop": _CONDITION, "/search": "q=CVS"}  # pages that say nothing without
_LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_GZIP = {"Accept-Encoding": "gzip"}


class _Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return (gzip.decompress(self.body) if self.headers["content-encoding"] == "gzip" else self.body).decode()


def measure() -> dict[str, float]:
    """Milliseconds, kilobytes (1,000 bytes) after compression, and ratios; of 10 million reports of 200,000 installations.

    ``overview_…`` is the first page; ``slowest_…`` the page that takes longest. ``warm_ms``: the data did not change;
    ``fresh_ms``: at the first look after a report was loaded, of the overview the median of five; ``anew_ms``: at such a
    look where each of its answers was computed but once before; ``held_ms``: whoever asks has the page, and is told so.
    ``…_vs_nginx``: over the time of nginx for the same bytes, in turn with it, the median of all pages. ``heaviest_kb``: of
    a page with its style sheet, script and icon; ``overview_kb`` likewise; ``css_kb``.
    """
    with tempfile.TemporaryDirectory(prefix="headcount-bench-") as name:
        data, files = Path(name) / "data", Path(name) / "files"
        files.mkdir()
        with dashboard(data, _INSTALLATIONS, _REPORTS) as server, nginx(Path(name) / "nginx", files) as peer:
            addresses = [_place(server, address) for address in _addresses()]
            weights = {address: _weight(server, address) for address in addresses}
            warm, held, over, held_over = {}, {}, [], []
            for number, address in enumerate(addresses):
                page = _look(server, address)
                (files / str(number)).write_bytes(page.body)
                there = partial(_get, peer, f"/{number}", {})
                asked = paired(partial(_look, server, address), there, _RUNS)
                tag = {"If-None-Match": page.headers["etag"]}
                assert _look(server, address, tag).status == 304, address
                told = paired(partial(_look, server, address, tag), there, _RUNS)
                warm[address], held[address] = asked.ours, told.ours
                over.append(asked.ratio)
                held_over.append(told.ratio)
            reports = iter(bodies(len(addresses) + _LOADS))
            fresh = _after_loads(server, addresses, reports)
            anew = fresh["/"]
            fresh["/"] = statistics.median(
                look["/"] for look in (_after_loads(server, ["/"], reports) for _ in range(_LOADS))
            )
            css = sum(len(_look(server, each).body) for each in _linked(server, "/") if each.endswith(".css"))
    for address in addresses:
        print(
            f"  {address:40} {1000 * warm[address]:7.1f} ms  fresh {1000 * fresh[address]:7.1f} ms  "
            f"held {1000 * held[address]:5.1f} ms  {weights[address] / 1000:6.1f} kB"
        )
    return {
        "overview_warm_ms": _ms(warm["/"]),
        "overview_fresh_ms": _ms(fresh["/"]),
        "overview_anew_ms": _ms(anew),
        "overview_kb": round(weights["/"] / 1000, 1),
        "slowest_warm_ms": _ms(max(warm.values())),
        "slowest_fresh_ms": _ms(max(fresh.values())),
        "slowest_held_ms": _ms(max(held.values())),
        "warm_vs_nginx": round(statistics.median(over), 1),
        "held_vs_nginx": round(statistics.median(held_over), 1),
        "heaviest_kb": round(max(weights.values()) / 1000, 1),
        "css_kb": round(css / 1000, 1),
    }


def _addresses() -> Iterator[str]:
    """Every page that there is; of one whose path has a place, one for each example of what may stand there."""
    for page in PAGES:
        examples = _EXAMPLES[page.path] if "{" in page.path else ("",)
        for example in examples:
            address = page.path.replace("{name}", quote(example))
            yield f"{address}?{_TYPED[address]}" if address in _TYPED else address


def _place(server: Dashboard, address: str) -> str:
    """Return where a page is: a plugin is named in more ways than one, and leads to its page."""
    answer = _look(server, address)
    return answer.headers["location"] if answer.status == 303 else address


def _weight(server: Dashboard, address: str) -> int:
    """Return the bytes of a page and of what it loads, as they go over the network; the first look warms the page too."""
    page = _look(server, address)
    assert page.status == 200, (address, page.status)
    return len(page.body) + sum(len(_look(server, each).body) for each in _linked(server, address))


def _linked(server: Dashboard, address: str) -> list[str]:
    return sorted(set(_LINKED.findall(_look(server, address).text)))


def _after_loads(server: Dashboard, addresses: list[str], reports: Iterator[dict[str, Any]]) -> dict[str, float]:
    """Return for each page the seconds of the first look after a new report was loaded."""
    found = {}
    for address in addresses:
        before, body = _loaded(server), next(reports)
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)) as connection:
            connection.request("POST", REPORTS_PATH, json.dumps(body), {"Content-Type": "application/json"})
            assert connection.getresponse().status == 202
        while _loaded(server) == before:
            time.sleep(0.05)
        start = time.perf_counter()
        assert _look(server, address).status == 200
        found[address] = time.perf_counter() - start
    return found


def _loaded(server: Dashboard) -> float:
    lines = _look(server, "/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith("headcount_loaded_reports ")).partition(" ")[2])


def _look(server: Dashboard, path: str, headers: dict[str, str] | None = None) -> _Answer:
    return _get(server.port, path, {"Authorization": f"Bearer {server.token}", **_GZIP, **(headers or {})})


def _get(port: int, path: str, headers: dict[str, str]) -> _Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return _Answer(answer.status, answer.headers, answer.read())


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
