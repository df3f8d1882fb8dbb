"""Make ``contract/vocabulary.json``: every class that a release of Buildbot, or a public plugin package, ever had.

Run from the root of the project. Without ``--take`` it reads what the inputs pin, and changes nothing where the vocabulary
says that already. With ``--take buildbot`` it first pins all newer releases of Buildbot and of the packages that are
released together with it, and writes down when they came out; with ``--take PACKAGE``, the newest of that one. What a
person must look at is listed on standard error.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from tools.vocabulary._document import dated, make, release_of, replaced, tell
from tools.vocabulary._fetch import WrongArchive, digest, fetch, released, versions
from tools.vocabulary._inputs import DIRECTORY, Inputs, Package, read_inputs, render
from tools.vocabulary._page import page

OUTPUT = Path("src/headcount/contract/vocabulary.json")
DAYS = Path("src/headcount/questions/releases.csv")
PAGE = Path("docs/vocabulary.md")
OLDEST = (0, 9, 0)


def take(name: str, inputs: Inputs, cache: Path) -> None:
    """Pin the newest of a package in the inputs; of Buildbot every release that is not pinned, and what goes with it.

    Raises `KeyError` where the inputs have no such package, and `RuntimeError`, as pip fails.
    """
    if name != "buildbot":
        package = inputs.packages[name]
        version = versions(name)[0]
        inputs.packages[name] = Package(package.module, version, digest(fetch(name, version, cache)), package.together)
        return
    offered = replaced(each for each in versions(name) if release_of(each) >= OLDEST)
    for release, version in offered.items():
        if version not in inputs.buildbot:
            for older in [each for each in inputs.buildbot if each.partition(".post")[0] == release]:
                del inputs.buildbot[older]  # a release is read from its last post-release
            inputs.buildbot[version] = digest(fetch(name, version, cache))
    for each, package in list(inputs.packages.items()):
        if package.together:
            take(each, inputs, cache)


def days(releases: Iterable[str], path: Path, today: dt.date) -> str:
    """Return the text of the file of days with a line for each of these releases too, in the order of days.

    Raises `RuntimeError`, as pip fails.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        known = {row["release"]: row["day"] for row in csv.DictReader(lines)}
    first = dt.date.fromisoformat(min(known.values()))
    for release in releases:
        known[release] = known.get(release) or str(released("buildbot", release, first, today))
    ordered = sorted(known.items(), key=lambda item: (item[1], release_of(item[0])))
    return "release,day\n" + "".join(f"{release},{day}\n" for release, day in ordered)


def main() -> None:
    """Read everything, and write what changed."""
    parser = argparse.ArgumentParser(prog="python -m tools.vocabulary", description=__doc__)
    parser.add_argument(
        "--take", action="append", default=[], metavar="PACKAGE", help="pin what is newer; again for more"
    )
    parser.add_argument("--cache", type=Path, default=Path("build/vocabulary"), help="where fetched packages are kept")
    parser.add_argument("--inputs", type=Path, default=DIRECTORY)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--days", type=Path, default=DAYS)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--today", type=dt.date.fromisoformat, default=dt.datetime.now(dt.UTC).date())
    arguments = parser.parse_args()
    try:
        _run(arguments)
    except (RuntimeError, WrongArchive) as error:
        sys.exit(f"{parser.prog}: {error}")


def _run(arguments: argparse.Namespace) -> None:
    """Nothing is written before everything was read."""
    arguments.cache.mkdir(parents=True, exist_ok=True)
    inputs = read_inputs(arguments.inputs)
    pinned = set(replaced(inputs.buildbot))
    for name in arguments.take:
        if name != "buildbot" and name not in inputs.packages:
            sys.exit(f"packages.json has no {name}: add its module, with any version and digest")
        take(name, inputs, arguments.cache)
    document = make(inputs, arguments.cache, partial(tell, "look at:"))
    new = set(replaced(inputs.buildbot)) - pinned
    calendar = days(new, arguments.days, arguments.today)
    whole = dated(document, arguments.output, f"{arguments.today:%Y.%m.%d}")
    inputs.write()
    arguments.days.write_text(calendar, encoding="utf-8")
    if whole is not None:
        arguments.output.write_text(render(whole), encoding="utf-8")
    arguments.page.write_text(page(inputs, arguments.output), encoding="utf-8")
    print(f"{arguments.output} {'says all that already' if whole is None else 'is written'}")


if __name__ == "__main__":
    main()
