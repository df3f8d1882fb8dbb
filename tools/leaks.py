"""Makes the page of what leaks from real masters, stock's and ours, from what the canary suite observes.

``python -m tools.leaks FILE``; where masters cannot be given a host of their own, the file is left as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from tests.support.canary import KINDS, LEVELS
from tests.support.hosts import hosts_missing
from tests.support.leaks import Observed, of_the_whole

_INTRODUCTION = """# What leaks, and what does not

Made by `make docs` from what the canary suite observes. A real master with stock Buildbot's reporter ({stock}, level `full`)
and one with ours are given one configuration, in which every place that can hold a secret carries a marker of its own. Of
each marker any six consecutive characters are looked for, in any case and encoding, in all that leaves the master (body and
headers), in what the reporter logs, and in `usage-report.json`. The fields named here are those in which they were found.
""".format(stock=version("buildbot"))

_END = """
The install id is no marker, but with both reporters a hash of the host's name, the master's directory and the full domain
name, which can be guessed by who knows them; `id='random'` of ours is not one.
"""


def leaks(observed: Observed) -> str:
    """The page, in Markdown."""
    return "\n".join([_INTRODUCTION, *_table(observed)]) + "\n" + _END


def _table(observed: Observed) -> Iterator[str]:
    stock = observed.stock.leaks(observed.canary)
    ours = {level: observed.ours[level].leaks(observed.canary) for level in LEVELS}
    yield "| what is private | stock | " + " | ".join(f"ours, {level}" for level in LEVELS) + " |"
    yield "|---" * (2 + len(LEVELS)) + "|"
    for kind in KINDS:
        cells = [_places(found.get(kind, set())) for found in (stock, *ours.values())]
        yield f"| {kind} | " + " | ".join(cells) + " |"


def _places(places: set[str]) -> str:
    """Where it was found; the bytes that hold a field say no more than the field."""
    named = sorted(places - {"raw", "body"}) or sorted(places)
    return "leaks: " + ", ".join(f"`{place}`" for place in named) if named else "no"


if __name__ == "__main__":
    reason = hosts_missing()
    if reason is None:
        Path(sys.argv[1]).write_text(leaks(of_the_whole()), encoding="utf-8")
    else:
        print(f"{sys.argv[1]} is left as it is: {reason}", file=sys.stderr)
