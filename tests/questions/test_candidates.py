"""What few use, and who takes up what is new: fleets whose truth is counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import pytest

from headcount.contract import Arrival, Name, Profile, Release, vocabulary
from headcount.questions import Answer, BadQuestion, Query, ask
from headcount.questions._offered import offered
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.loaded import empty_warehouse

TODAY = date(2026, 10, 31)
MARATHON = "buildbot.worker.marathon.MarathonLatentWorker"
UPCLOUD = "buildbot.worker.upcloud.UpcloudLatentWorker"
WORKER, GIT = "buildbot.worker.base.Worker", "buildbot.steps.source.git.Git"
ZULIP = "buildbot.reporters.zulip.ZulipStatusPush"
Seen = tuple[int, str, Profile]
"""An installation, a day on which it reported, and what."""


def using(*classes: str, release: tuple[int, int, int] = (4, 3, 0)) -> Profile:
    """A stock report of a release with these classes."""
    plugins = tuple(sorted((Name(name), 1) for name in classes))
    return Profile("stock", "basic", buildbot=Release(*release), plugins=plugins)


def loaded(warehouse: DuckWarehouse, seen: Iterable[Seen]) -> DuckWarehouse:
    """Load reports of noon."""
    listed = list(seen)
    contents = list(dict.fromkeys(profile.canonical() for _, _, profile in listed))
    arrivals = [
        Arrival(
            int(datetime.fromisoformat(f"{day}T12:00:00+00:00").astimezone(UTC).timestamp()),
            install,
            contents.index(profile.canonical()) + 1,
            profile.canonical(),
        )
        for install, day, profile in sorted(listed, key=lambda each: each[1])
    ]
    warehouse.load(arrivals, inbox="a", through=1)
    return warehouse


def _rows(answer: Answer) -> dict[object, dict[str, object]]:
    return {row["plugin"]: dict(row) for row in answer.rows}


def test_what_nobody_uses_is_found_without_naming_it() -> None:
    """Decision 9: Marathon and UpCloud are still there; nobody uses the one, and one master left the other in 2025."""
    common = [(install, day, using(WORKER, GIT)) for install in range(1, 8) for day in ("2026-09-01", "2026-10-01")]
    left = [(9, "2025-12-01", using(MARATHON, WORKER)), (9, "2026-02-01", using(MARATHON, WORKER)),
            (9, "2026-03-01", using(WORKER))]  # fmt: skip
    with empty_warehouse() as warehouse:
        answer = ask(loaded(warehouse, [*common, *left]), Query("candidates", by="worker"), today=TODAY)
    rows = _rows(answer)
    assert (answer.basis, answer.denominator, answer.held_since) == ("confirmed", 8, date(2025, 12, 1))
    assert rows[UPCLOUD] == {
        "plugin": UPCLOUD, "kind": "worker", "brought": "2.9.0", "installations": 0, "share": 0.0, "instances": 0,
        "last_seen": "",
    }  # fmt: skip
    assert (rows[MARATHON]["installations"], rows[MARATHON]["last_seen"]) == (0, "2026-02-01")
    assert (rows[WORKER]["installations"], rows[WORKER]["last_seen"]) == (8, "2026-10-01")
    order = list(rows)
    assert order.index(UPCLOUD) < order.index(MARATHON) < order.index(WORKER)
    assert order[-1] == WORKER


def test_what_an_unconfirmed_installation_reports_is_no_use() -> None:
    """Nor is it when a class was last seen: whoever makes up a report could keep a plugin alive."""
    common = [(1, day, using(WORKER)) for day in ("2026-09-01", "2026-10-01")]
    with empty_warehouse() as warehouse:
        loaded(warehouse, [*common, (2, "2026-10-02", using(MARATHON))])
        confirmed = _rows(ask(warehouse, Query("candidates", by="worker"), today=TODAY))[MARATHON]
        alive = _rows(ask(warehouse, Query("candidates", by="worker", basis="alive"), today=TODAY))[MARATHON]
    assert (confirmed["installations"], confirmed["last_seen"]) == (0, "")
    assert (alive["installations"], alive["last_seen"]) == (1, "")


def test_candidates_are_what_a_configuration_names_of_the_newest_release() -> None:
    """No class that went, none of another package, no base of others, nothing of the machinery."""
    names = offered()
    assert {MARATHON, UPCLOUD, GIT} <= names.keys()
    assert "buildbot.steps.mtrlogobserver.MTR" in vocabulary().kinds
    assert not {"buildbot.steps.mtrlogobserver.MTR", "buildbot_travis.steps.create_steps.ShellCommand"} & names.keys()
    assert not {"buildbot.worker.base.AbstractWorker", "buildbot.steps.shell.ShellMixin"} & names.keys()
    assert not {"buildbot.process.build.Build", "buildbot.config.builder.BuilderConfig"} & names.keys()
    assert names[UPCLOUD] == Release(2, 9, 0)
    assert not [name for name in names if not name.startswith("buildbot.")]


def test_adoption_is_of_those_on_the_release_or_a_later_one() -> None:
    """2.2.0 came out on 7 April 2019: who uses Zulip now, and who did three months later, of those that could."""
    old, new = (2, 1, 0), (2, 2, 0)
    seen: list[Seen] = [(1, "2019-03-01", using(GIT, release=old)), (1, "2019-06-01", using(GIT, ZULIP, release=new))]
    seen += [(2, "2019-03-01", using(GIT, release=old)), (2, "2019-08-01", using(GIT, release=(2, 4, 0)))]
    seen += [(3, day, using(GIT, ZULIP, release=old)) for day in ("2019-03-01", "2019-09-01")]  # a copy of their own
    with empty_warehouse() as warehouse:
        loaded(warehouse, seen)
        answer = ask(warehouse, Query("adoption", by="2.2.0", until=date(2019, 12, 31)), today=TODAY)
        with pytest.raises(BadQuestion, match="this looks from 2019-04-07 on"):
            ask(warehouse, Query("adoption", by="2.2.0", until=date(2019, 4, 6)), today=TODAY)
        with pytest.raises(BadQuestion, match=r"there is no by of adoption '4\.2\.0'.*: it is one of 4\.1\.0, "):
            ask(warehouse, Query("adoption", by="4.2.0"), today=TODAY)
    assert (answer.basis, answer.denominator) == ("confirmed", 2)
    assert _rows(answer)[ZULIP] == {"plugin": ZULIP, "kind": "reporter", "installations": 1, "share": 0.5}
    months = {row["months"]: dict(row) for row in answer.tables["months"].rows if row["plugin"] == ZULIP}
    assert list(months) == [2, 3, 6]  # nobody was known to run it after one month
    assert (months[3]["installations"], months[3]["running"], months[3]["share"]) == (1, 1, 1.0)
    assert (months[6]["installations"], months[6]["running"], months[6]["share"]) == (1, 2, 0.5)
    assert "that run Buildbot 2.2.0 or a later one, and answered plugins" in answer.to_table()
