"""Records of `drop` as they are kept: each is computed once, few are of one quarter, and what is lost is not made again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from headcount.questions import BadQuestion, NotPublished, NotReleased, Query, Record, record_markdown
from headcount.server.data import records as kept
from headcount.server.data.records import Records, Releases
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.dropping import CVS, arrivals, masters
from tests.support.loaded import empty_warehouse

QUARTER = date(2026, 9, 30)
OCTOBER = datetime(2026, 10, 5, tzinfo=UTC).timestamp()
K = 5


@pytest.fixture
def warehouse() -> Iterator[DuckWarehouse]:
    """A warehouse of a fleet, of which no record is released."""
    with empty_warehouse() as made:
        made.load(arrivals(masters(), QUARTER), inbox="a", through=1)
        yield made


def _releases(
    path: Path, warehouse: DuckWarehouse, now: Callable[[], float] = lambda: OCTOBER
) -> tuple[Records, Releases]:
    records = Records(path, now)
    return records, Releases(records, warehouse, lambda: None)


def _released(releases: Releases, where: str) -> Record:
    return releases.release(Query("drop", where=where), K)


def test_the_same_condition_and_quarter_give_the_same_record(warehouse: DuckWarehouse, tmp_path: Path) -> None:
    """Whatever its spelling, also to another process, and after history was imported; the file is its owner's alone."""
    records, releases = _releases(tmp_path / "r", warehouse)
    first = _released(releases, "plugin = CVS")
    assert first.until == QUARTER
    assert records.names() == [first.name]
    assert records.listed() == [records.get(first.name)] == [first]
    (path,) = (tmp_path / "r").iterdir()
    assert (path.name, path.stat().st_mode & 0o077) == (f"{first.name}.json", 0)
    history = [replace(master, number=master.number + 1000) for master in masters(200)]
    warehouse.load(arrivals(history, QUARTER), inbox="b", through=1)
    assert _released(releases, "  PLUGIN == 'CVS'") == first
    again, others = _releases(tmp_path / "r", warehouse)
    assert record_markdown(_released(others, "(plugin = CVS)")) == record_markdown(again.get(first.name))
    with empty_warehouse() as fresh:  # of all that is known now it would be another one
        fresh.load(arrivals([*masters(), *history], QUARTER), inbox="a", through=1)
        assert _released(_releases(tmp_path / "s", fresh)[1], "plugin = CVS") != first


@pytest.mark.ci
def test_each_quarter_has_records_of_its_own(warehouse: DuckWarehouse, tmp_path: Path) -> None:
    """An hour after its end; what a clock released that was ahead is not shown before."""
    clock = [OCTOBER]
    records, releases = _releases(tmp_path / "r", warehouse, lambda: clock[0])
    autumn = _released(releases, "plugin = CVS")
    clock[0] = datetime(2027, 1, 1, 0, 30, tzinfo=UTC).timestamp()
    assert _released(releases, "plugin = CVS") == autumn
    clock[0] += 3600
    winter = _released(releases, "plugin = CVS")
    assert (winter.quarter, winter.until) == ("2026-Q4", date(2026, 12, 31))
    assert records.names() == [winter.name, autumn.name]
    clock[0] = OCTOBER
    assert records.names() == [autumn.name]
    with pytest.raises(NotPublished):
        records.get(winter.name)


@pytest.mark.parametrize("name", ["2026-Q3-nothing-00000000", "../records/x", "", "2026-Q3"])
def test_what_is_no_record_is_not_there(tmp_path: Path, name: str) -> None:
    """It is said where those are that there are."""
    with pytest.raises(NotPublished, match="/public/records lists those that there are"):
        Records(tmp_path, lambda: OCTOBER).get(name)


@pytest.mark.ci
def test_so_many_records_of_a_quarter_are_released(
    warehouse: DuckWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most, and fewer about one thing; those that are released are given as ever."""
    _, releases = _releases(tmp_path / "r", warehouse)
    first = _released(releases, "plugin = CVS")
    _released(releases, f"plugin = {CVS} and distro = arch")
    _released(releases, "plugin in (CVS, Darcs) and not distro = arch")
    with pytest.raises(
        NotReleased, match=r"of `plugin = buildbot\.steps\.source\.cvs\.CVS` there are 3 records of 2026-Q3 \("
    ):
        _released(releases, "plugin = CVS and buildbot < 4.3")
    _released(releases, "plugin = Darcs")
    monkeypatch.setattr(kept, "MOST", 4)
    with pytest.raises(NotReleased, match="4 records of 2026-Q3 are released, which are the most"):
        _released(releases, "plugin = MTR")
    assert _released(releases, "plugin = CVS") == first


@pytest.mark.ci
def test_what_is_damaged_is_not_computed_again_and_what_is_lost_is_fetched(
    warehouse: DuckWarehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It would be a second view of the same installations."""
    path = tmp_path / "r"
    first = _released(_releases(path, warehouse)[1], "plugin = CVS")
    file = path / f"{first.name}.json"
    whole = file.read_bytes()
    file.write_bytes(whole[:50])
    records, releases = _releases(path, warehouse)
    with caplog.at_level(logging.ERROR), pytest.raises(NotReleased, match="is damaged, and is not computed again"):
        _released(releases, "plugin = CVS")
    assert f"the record {first.name} cannot be read" in caplog.text
    assert records.listed() == []
    file.unlink()
    assert _released(releases, "plugin = CVS") == first
    assert file.read_bytes() == whole


@pytest.mark.ci
def test_after_a_restore_records_are_of_no_quarter_that_the_backup_does_not_hold(
    warehouse: DuckWarehouse, tmp_path: Path
) -> None:
    """Else the same record would have other figures; where it holds later reports, it computes what it did."""
    records, releases = _releases(tmp_path / "r", warehouse)
    records.withhold(warehouse)
    with pytest.raises(NotReleased, match="may have been released before a restore"):
        _released(releases, "plugin = CVS")
    with closing(DuckWarehouse(":memory:")) as later:
        later.load(arrivals(masters(), QUARTER), inbox="a", through=1)
        later.load(arrivals(masters(5), date(2027, 3, 31)), inbox="b", through=1)
        records.withhold(later)
        assert _released(_releases(tmp_path / "s", later)[1], "plugin = CVS").users


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (Query("versions", where="plugin = CVS"), "the format of the record of a decision alone: ask drop"),
        (Query("drop", by="silent", where="plugin = CVS"), "ask drop, with no by"),
        (Query("drop"), "a record is of a condition"),
        (Query("drop", where="plugin = CVS", until=QUARTER), "leave out until"),
        (Query("drop", where="plugin = CVS", basis="alive"), "leave out basis"),
        (Query("drop", where="plugin = "), "a name or a value"),
    ],
)
def test_what_no_record_is_of_is_told(tmp_path: Path, query: Query, sentence: str) -> None:
    """With how to ask."""
    with empty_warehouse() as empty, pytest.raises(BadQuestion, match=sentence):
        _releases(tmp_path / "r", empty)[1].release(query, K)
    assert not (tmp_path / "r").exists()
