"""May we drop…? What the page says is what the record says, and it never says yes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from headcount.dashboard._view import Rendered
from headcount.dashboard.pages import drop
from headcount.dashboard.pages.record.usage import Usage
from headcount.questions import Answer, Query, Record, Removal
from tests.support.sites import Site, finding, links, words
from tests.support.visits import Visitor

CVS = {"where": "plugin = CVS"}
SEVERAL = {"where": "plugin = CVS or buildbot < 3"}
_CSS = Path(__file__).parents[3] / "src" / "headcount" / "dashboard" / "static" / "headcount.css"


@pytest.mark.ci
def test_the_finding_is_made_of_the_record(site: Site) -> None:
    """How many use it, of how many that say so, with the share and its interval; and on which releases they are."""
    page = site.get(drop.page, CVS)
    record = site.ask(Query("drop", where=CVS["where"]))
    (row,) = record.rows
    said = finding(page)
    assert f"{row['installations']} confirmed masters use it; of the {record.denominator} that answer this" in said
    assert f"({100 * float(row['low'] or 0):.1f}\N{EN DASH}{100 * float(row['high'] or 0):.1f}%)" in said
    assert f"{row['on_newest_release']} of them run {row['newest_release']}, the newest release." in said
    assert "<h1>May we drop CVS?</h1>" in page.html
    assert (page.refused, page.location) == (False, "")


@pytest.mark.ci
def test_now_stands_beside_a_year_before_and_what_became_of_the_same(site: Site) -> None:
    """With the denominators of both; and the moves of the same masters, which are of the quarters' ends, with these days."""
    page = site.get(drop.page, CVS)
    said, record = words(page), site.ask(Query("drop", where=CVS["where"]))
    before = record.until - timedelta(days=365)
    then = site.ask(Query("drop", where=CVS["where"], until=before))
    assert f"now {record.until} {record.rows[0]['installations']} {record.denominator} " in said
    (year,) = record.tables["year"].rows
    assert year["before"] != before.isoformat()
    assert f"a year ago {before} {then.rows[0]['installations']} {then.denominator} " in said
    assert f"from {year['before']} to {year['quarter']}." in finding(page)
    assert f"still use it {year['kept']} stopped {year['stopped']} began {year['started']} " in said


@pytest.mark.ci
def test_the_silent_are_a_table_of_shades_with_its_numbers(site: Site) -> None:
    """Each estimate stands in its cell, whose shade is that of a scale from 0 to 50% on each page."""
    page = site.get(drop.page, CVS)
    cells = re.findall(r'<td class="s(\d)">([\d.]+)%</td>', page.html)
    estimates = [float(row["estimate"] or 0) for row in site.ask(Query("drop", "silent", where=CVS["where"])).rows]
    assert len(cells) == len(estimates)
    for (shade, number), estimate in zip(cells, estimates, strict=True):
        assert float(number) == pytest.approx(100 * estimate, abs=0.51)
        assert int(shade) == min(int(estimate * 20), 9)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_numbers_can_be_read_on_every_shade() -> None:
    """Contrast is at least 4.5 to 1, of each of ten shades, in the light and in the dark."""
    shades = re.findall(r"\.s(\d) \{ background: (#\w{6}); color: (#\w{6}); \}", _CSS.read_text())
    assert [int(number) for number, _, _ in shades] == [*range(10), *range(10)]
    for number, ground, text in shades:
        dark, light = sorted((_luminance(ground), _luminance(text)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (number, ground, text)


@pytest.mark.ci
def test_of_several_things_each_stands_alone_and_with_the_others(site: Site) -> None:
    """Parts and overlap of the record; each part is a link to its own page."""
    page = site.get(drop.page, {**SEVERAL, "with": "plugin = CVS"})
    record, said = site.ask(Query("drop", where=SEVERAL["where"])), words(page)
    for row in record.tables["parts"].rows:
        assert f"{row['part']} {row['installations']} " in said
    (both,) = record.tables["overlap"].rows
    assert f"{both['part']} {both['with']} {both['installations']} " in said
    assert "/drop?where=buildbot+%3C+3" in links(page)
    assert "those with plugin = CVS" in said


@pytest.mark.ci
def test_what_to_think_of_never_says_yes(site: Site) -> None:
    """It says whom it would reach, made of the figures, and how long those needed who moved."""
    said = words(site.get(drop.page, CVS)).partition("Before you decide")[2].partition("Keep it for")[0]
    record = site.ask(Query("drop", where=CVS["where"]))
    assert f"{record.rows[0]['on_newest_series']} of its {record.rows[0]['installations']} users run" in said
    (moved,) = record.tables["moved"].rows
    assert (
        f"The {moved['installations']} masters that moved away used it for {moved['median']} days at the median" in said
    )
    assert said.endswith("They never say yes. ")
    assert not re.search(r"\b(safe|yes, |go ahead|may be dropped)\b", said, re.IGNORECASE)


@pytest.mark.ci
def test_a_record_goes_out_as_markdown_with_true_counts_or_as_it_was_released(site: Site) -> None:
    """The private one is a download; of the public one the page says how it is released, or where it is."""
    plain = site.get(drop.page, CVS)
    assert "/api/ask/drop?where=plugin+%3D+CVS&format=markdown&private=true" in links(plain)
    assert "headcount ask drop --where 'plugin = CVS' --format markdown releases it" in words(plain)
    record = Record(
        "plugin = CVS", date(2026, 9, 30), 5, 400, 400, 70, 70, None, ("4.3", "4.2"), 30, {}, {}, None, None
    )
    other = Record("plugin = Git", date(2026, 9, 30), 5, 400, 400, 70, 70, None, ("4.3", "4.2"), 30, {}, {}, None, None)
    released = site.get(drop.page, {"where": "PLUGIN = 'CVS'"}, records=(record, other))
    assert f"/public/records/{record.name}" in links(released)
    assert f"/public/records/{other.name}" not in links(released)


@pytest.mark.ci
def test_without_a_condition_there_is_a_form_and_six_conditions_to_ask(site: Site) -> None:
    """None of it is refused: the page of each example says something; what is kept for the next release is there too."""
    page = site.get(drop.page, removals=(Removal("python < 3.9", "is old"),))
    assert not page.refused
    assert 'role="alert"' not in page.html
    offered = re.findall(r'<li><a href="(/drop\?where=[^"]+)"><code>', page.html)
    assert len(offered) == 6 + 1
    assert "is old" in words(page)
    assert "plugin = CVS" in words(page)


def test_a_wrong_condition_stands_under_its_field(bare: Site) -> None:
    """And what was asked before is answered."""
    page = bare.get(drop.page, {"where": "plugn = CVS", "was": "plugin = CVS"})
    assert page.refused
    assert re.search(
        r'aria-describedby="problem-where".*there is no &#39;plugn&#39; \(did you mean plugin\?\)', page.html, re.DOTALL
    )
    assert "<h1>May we drop CVS?</h1>" in page.html


@pytest.mark.ci
def test_of_few_there_are_counts_alone(lone: Site, bare: Site) -> None:
    """Of one master, and of none: no share, no interval, no chart; how to ask of those seen once."""
    one = lone.get(drop.page, {**CVS, "until": "2026-03-30"})
    said = words(one)
    assert "1 of 1 confirmed masters uses it: too few for a share." in said
    assert "%" not in said.partition("Take it away")[0].partition("What is not known?")[0]
    assert "<svg" not in one.html.partition("<main")[2]
    none = bare.get(drop.page, CVS)
    assert finding(none) == "Nobody is known: no confirmed master said what this asks."
    assert "/drop?basis=alive&where=plugin+%3D+CVS" in links(none)
    assert not bare.get(drop.page).refused


@pytest.mark.ci
def test_what_is_a_year_before_stands_once(site: Site) -> None:
    """Whether or not the filter compares with it."""
    plain, compared = (words(site.get(drop.page, {**CVS, **more})) for more in ({}, {"with": "1y"}))
    assert plain.count("a year ago 2025-10-30") == compared.count("a year ago 2025-10-30") == 1
    assert "a year before 2025" not in compared


def _of_series(page: Rendered) -> str:
    """The cells of the table by series."""
    table = page.html.partition('id="drop-series"')[2].partition("</table>")[0]
    assert "<td" in table
    return table.partition("<tbody>")[2]


@pytest.mark.ci
def test_of_few_on_a_series_there_is_no_share(lone: Site, site: Site) -> None:
    """Its cell is empty, where the others have one."""
    until = "2026-03-30"
    (row,) = lone.ask(Query("drop", "series", where=CVS["where"], until=date.fromisoformat(until))).rows
    assert (row["all"], row["rate"]) == (1, 1.0)
    assert "%<" not in _of_series(lone.get(drop.page, {**CVS, "until": until}))
    assert "%<" in _of_series(site.get(drop.page, CVS))


def test_an_example_counts_whom_its_page_counts(visit: Visitor, asked: Callable[[Query], Answer]) -> None:
    """The confirmed, or those of the basis that is asked for."""
    for basis, address in (("confirmed", "/drop"), ("alive", "/drop?basis=alive")):
        said = re.findall(r"<code>([^<]*)</code></a> <small>[^<]* (\d+) masters?<", visit(address).rendered.html)
        assert said
        for where, masters in said:
            answer = asked(Query("drop", where=unescape(where), basis=basis))
            assert answer.rows[0]["installations"] == int(masters)


@pytest.mark.parametrize(("p", "told"), [(1.03e-25, "p < 0.001"), (0.0412, "p = 0.041"), (1.0, "p = 1"), (None, "")])
def test_a_chance_is_told_as_it_is_read(asked: Callable[[Query], Answer], p: float | None, told: str) -> None:
    """Three places at most; where nothing was tested nothing is told."""
    answer = asked(Query("drop", where="plugin = Git"))
    year = answer.tables["year"]
    rows = tuple({**row, "p": p} for row in year.rows)
    assert rows
    assert Usage(replace(answer, tables={**answer.tables, "year": replace(year, rows=rows)})).chance == told
