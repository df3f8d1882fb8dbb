"""Records of `drop`: their figures are the truth with the noise of its cells, and few are told of by none."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from pathlib import Path

import pytest

from bench.protection import LOOKS
from headcount.questions import (
    BadQuestion,
    NotReleased,
    Record,
    compute_record,
    due_quarter,
    plain,
    quarter_of,
    record_markdown,
    record_name,
    subjects,
)
from headcount.questions._perturbation import Perturbation
from headcount.questions._recording import Cells, record_cells, record_statements
from headcount.questions._where import condition
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support.conformance import COLUMNS
from tests.support.dropping import CVS, GIT, PSEUDONYMIZER, SVN, Master, Said, masters, warehouse_of
from tests.support.loaded import empty_warehouse
from tests.support.sql_lint import lint

QUARTER, BEFORE = date(2026, 9, 30), date(2025, 9, 30)
K = 5
PERTURBATION = Perturbation(K)


def released(warehouse: DuckWarehouse, where: str, others: Sequence[Record] = (), k: int = K) -> Record:
    """The record of a condition at the end of the quarter."""
    with warehouse.snapshot() as snapshot:
        return compute_record(snapshot, where, until=QUARTER, k=k, others=others)


@pytest.fixture(scope="module")
def fleet() -> Iterator[DuckWarehouse]:
    """The fleet's warehouse."""
    with warehouse_of(masters(), QUARTER) as warehouse:
        yield warehouse


def _figure(those: Sequence[Master], noise: str = "") -> int | None:
    key = sum(PSEUDONYMIZER.install(master.name) % 2**32 for master in those) % 2**32
    if noise:
        key = int.from_bytes(blake2b(f"record {noise} {key}".encode(), digest_size=4).digest(), "big")
    noisy = PERTURBATION.perturb(len(those), key)
    return noisy if noisy >= K else None


def _uses(said: Said | None) -> bool | None:
    return None if said is None or said.plugins is None else CVS in said.plugins


def test_each_figure_is_the_truth_with_the_noise_of_its_cell(fleet: DuckWarehouse) -> None:
    """Recomputed in plain Python from what each master reported, and the record keys from their raw ids."""
    record = released(fleet, "plugin = CVS")
    # seen in the 13 months before the end of a quarter, by what was reported last in them
    alive = {master: master.now for master in masters() if master.now}
    past = {master: master.then for master in masters() if master.then}

    def those(holds: Callable[[Said], bool]) -> list[Master]:
        return [master for master, said in alive.items() if holds(said)]

    users = those(lambda said: _uses(said) is True)
    assert (record.until, record.k, record.condition) == (QUARTER, K, "plugin = CVS")
    assert record.confirmed == _figure(list(alive))
    assert record.asked == _figure(those(lambda said: said.plugins is not None))
    assert record.users == record.asked_users == _figure(users)
    assert record.unknown == _figure(those(lambda said: said.plugins is None))
    assert record.newest_series == ("4.3", "4.2")
    assert record.on_newest == _figure(
        [master for master in users if alive[master].release[:3] in ("4.3", "4.2")], "newest"
    )
    values = (
        ("series", record.series, {master: alive[master].release.rpartition(".")[0] for master in users}),
        ("distribution", record.distributions, {master: alive[master].distro for master in users}),
    )
    for noise, shown, told in values:
        cells: dict[str, list[Master]] = {}
        for master, value in told.items():
            cells.setdefault(value, []).append(master)
        figures = {name: _figure(cell, noise) for name, cell in cells.items() if len(cell) >= K}
        assert shown == {name: figure for name, figure in figures.items() if figure is not None}
        assert len(shown) >= 3
        assert list(shown.values()) == sorted(shown.values(), reverse=True)
    assert "gentoo" not in record.distributions
    had = [master for master, said in past.items() if _uses(said) is True]
    year = record.year
    assert year is not None
    assert (year.before, year.users) == (BEFORE, _figure(had))
    moves = {
        "kept": [master for master in had if _uses(master.now) is True],
        "stopped": [master for master in had if _uses(master.now) is False],
        "silent": [master for master in had if master.now and _uses(master.now) is None],
        "gone": [master for master in had if not master.now],
        "started": [master for master in past if _uses(master.then) is False and _uses(master.now) is True],
    }
    assert {name: getattr(year, name) for name in moves} == {
        name: _figure(cell, "moved") for name, cell in moves.items()
    }
    assert all(moves.values())
    assert record.users
    assert record.asked
    assert record.unknown
    assert record.share == round(record.users / record.asked, 4)
    assert record.least == round(record.users / record.confirmed, 4)
    assert record.most == round((record.users + record.unknown) / record.confirmed, 4)
    assert record.least < record.share < record.most
    assert Record.from_json(record.to_json()) == record
    assert released(fleet, "plugin = CVS") == record


def test_who_is_few_is_told_of_by_no_figure_and_broken_down_by_none(fleet: DuckWarehouse) -> None:
    """Also where nobody is; and whoever asks for the opposite is told to ask for this."""
    nobody, one = (released(fleet, f"plugin = {name}") for name in ("Darcs", "MTR"))
    assert replace(nobody, condition=one.condition) == one
    assert (one.users, one.on_newest, one.series, one.share, one.least, one.most) == (None, None, {}, None, None, None)
    assert one.year is not None
    assert (one.year.users, one.year.kept, one.year.gone) == (None, None, None)
    text = record_markdown(one)
    assert "**Used by fewer than 5** of 4" in text
    assert "MTR" in text.partition("\n")[0]
    with pytest.raises(NotReleased, match="fewer than 5 of whom `plugin != MTR` is false: ask of the opposite"):
        released(fleet, "plugin != MTR")


@pytest.mark.ci
def test_of_a_small_fleet_no_record_is_released() -> None:
    """Of which as little is published: under 300, as they are counted with noise."""
    with (
        warehouse_of(masters(250), QUARTER) as few,
        pytest.raises(NotReleased, match="fewer than 300 confirmed installations at the"),
    ):
        released(few, "plugin = CVS")
    with empty_warehouse() as empty, pytest.raises(NotReleased, match="fewer than 300 confirmed"):
        released(empty, "plugin = CVS")


@pytest.mark.ci
def test_no_two_records_differ_by_few_users(fleet: DuckWarehouse) -> None:
    """By fewer than k, none included: the maintainer is told which to use. Two that say nothing differ by nothing."""
    first = released(fleet, "plugin = CVS")
    for near in ("plugin in (CVS, Darcs)", "not plugin != CVS", "plugin = CVS and (distro = arch or distro != gentoo)"):
        with pytest.raises(NotReleased, match=f"use the record of that, {first.name}"):
            released(fleet, near, [released(fleet, "plugin = MTR"), first])
    assert released(fleet, "plugin = CVS and distro != arch", [first]).users is not None
    few = released(fleet, "plugin = Darcs", [first])
    assert released(fleet, "plugin = MTR", [first, few]).users is None


@pytest.mark.ci
def test_where_no_year_is_held_it_says_since_when_reports_are() -> None:
    """And nothing of what was before."""
    with warehouse_of([replace(master, then=None) for master in masters()], QUARTER) as young:
        record = released(young, "plugin = CVS")
    assert record.year is None
    assert "Reports are held since 2026-04-03, so there is no year before to compare with." in record_markdown(record)


def test_a_record_is_a_dozen_lines_with_all_that_a_reader_needs(fleet: DuckWarehouse) -> None:
    """The window, the basis, the protection, since when reports are held, who reports, and where it is kept."""
    record = released(fleet, "plugin = CVS")
    text = record_markdown(record)
    lines = text.splitlines()
    assert len(lines) <= 13
    assert lines[0] == "### Before dropping: `plugin = CVS`"
    for sentence in (
        "At the end of 2026-Q3 (2026-09-30, UTC)", "reported on two different days", "held since 2025-05-03",
        "noise of at most 5, and one under 5 is not said", "no random sample", "This never says yes.",
        f"kept at `/public/records/{record.name}`", f"**Used by {record.users}** of {record.confirmed} installations",
        f"On the newest two series of Buildbot (4.3 and 4.2): {record.on_newest}.", "A year before (2025-09-30): used by",
        "any other fewer than 5",
    ):  # fmt: skip
        assert sentence in text, sentence


def test_the_record_of_the_maintainers_page_is_real(fleet: DuckWarehouse) -> None:
    """The same fleet gives it."""
    page = (Path(__file__).parents[2] / "docs" / "maintainer.md").read_text()
    assert textwrap.indent(record_markdown(released(fleet, "plugin = CVS")), "    ") in page
    assert "headcount ask drop --where 'plugin = CVS' --format markdown\n" in page


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("plugin=CVS", "plugin = CVS"),
        ("  PLUGIN == 'CVS'  ", "plugin = CVS"),
        ("(plugin = CVS) AND ((python<3.10))", "plugin = CVS and python < 3.10"),
        ("plugin = CVS Or python < 3.10 and twisted<24", "plugin = CVS or python < 3.10 and twisted < 24"),
        ("(plugin = CVS or python < 3.10) and twisted<24", "(plugin = CVS or python < 3.10) and twisted < 24"),
        ("not(plugin = CVS or plugin=SVN)", "not (plugin = CVS or plugin = SVN)"),
        ("NOT ( plugin = CVS )", "not plugin = CVS"),
        ("plugin  IN(CVS,\n'SVN')", "plugin in (CVS, SVN)"),
        ("plugin not  in (CVS)", "plugin not in (CVS)"),
    ],
)
def test_two_spellings_of_a_condition_are_one(text: str, spelled: str) -> None:
    """And the plain one stands for the same, and is its own."""
    assert plain(text) == plain(spelled) == spelled
    assert condition(text).sql == condition(spelled).sql


def test_what_is_no_condition_has_no_spelling() -> None:
    """The place that is wrong is pointed at, as ever."""
    with pytest.raises(BadQuestion, match="character 10"):
        plain("plugin = Nonsense")


def test_a_record_is_of_the_last_quarter_that_is_over() -> None:
    """And is named after it and what it is asked of."""
    assert due_quarter(date(2026, 11, 29)) == due_quarter(date(2026, 10, 1)) == QUARTER
    assert due_quarter(date(2026, 9, 30)) == date(2026, 6, 30)
    assert due_quarter(date(2027, 1, 1)) == date(2026, 12, 31)
    name = record_name("plugin = CVS", QUARTER)
    assert name.startswith("2026-Q3-plugin-cvs-")
    assert (quarter_of(name), quarter_of("2026-Q3"), quarter_of("../2026-Q3-x")) == ("2026-Q3", None, None)
    assert record_name("plugin != CVS", QUARTER) != name
    assert quarter_of(record_name("plugin in (" + ", ".join(["CVS"] * 50) + ")", QUARTER)) == "2026-Q3"


@pytest.mark.parametrize("text", ["{}", "[]", '{"record": 1}', "nonsense", '{"record": 99}', "null"])
def test_what_is_no_record_is_refused(text: str) -> None:
    """Also one of a newer Headcount."""
    with pytest.raises(ValueError, match=r"record|newer|Expecting"):
        Record.from_json(text)


@pytest.mark.ci
def test_one_installation_is_in_few_cells_of_a_record() -> None:
    """Whether it uses something or not moves as many figures as `docs/protection.md` counts with."""
    fleet = masters()
    (target,) = [master for master in fleet if master.name == "m40"]
    cells = []
    for now in ((GIT, CVS), (GIT,)):
        assert target.now is not None
        other = replace(target, now=replace(target.now, plugins=now))
        with warehouse_of([other if master is target else master for master in fleet], QUARTER) as warehouse:
            cells.append(_cells(warehouse))
    moved = {(cell.kind, cell.value) for cell in cells[0].keys() | cells[1].keys() if cells[0][cell] != cells[1][cell]}
    # `asked users` are `users` here, and `others` and those that use it no more are not published, or of those that did
    shown = {kind for kind, _ in moved} - {"asked users", "others"}
    assert shown == {"users", "newest", "series", "distribution", "moved"}
    assert len(shown) == LOOKS


def _cells(warehouse: DuckWarehouse) -> Cells:
    with warehouse.snapshot() as snapshot:
        return record_cells(snapshot, condition("plugin = CVS"), QUARTER)


def test_what_a_condition_is_about() -> None:
    """Versions by their product; classes by their newest path, whatever they are called by."""
    assert subjects("(plugin in (CVS, 'SVN') or Python < 3.10) and not python = 2.7 and distro != 'debian:12'") == {
        f"plugin = {CVS}", f"plugin = {SVN}", "python", "distro = debian:12"
    }  # fmt: skip
    assert subjects("plugin = CVS") == subjects(f"NOT plugin = {CVS}") == {f"plugin = {CVS}"}


def test_its_statements_keep_to_the_subset() -> None:
    """As they count, and as they add up keys."""
    for sql in record_statements(condition("plugin = CVS or sqlalchemy < 2")):
        assert lint(sql, columns=COLUMNS) == [], sql
