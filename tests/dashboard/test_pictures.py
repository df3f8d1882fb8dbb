"""Charts as pages show them: what is drawn, where, in which colours, and what is said of it."""

from __future__ import annotations

import dataclasses
import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import date
from typing import get_args

import pytest
import vl_convert

from headcount.dashboard.charts import VEGA_LITE, Picture, picture
from headcount.dashboard.charts._colours import ACCENT, DARKEST, INK, LINE, SERIES, SOFT, WARM
from headcount.dashboard.charts._kinds import KINDS
from headcount.dashboard.charts._rows import drawn
from headcount.dashboard.charts._sketch import Sketch
from headcount.questions import REGISTRY, Answer, Cell, Chart
from headcount.questions._question import Table
from tests.support.made_answers import DAY, WHOLE, made, ways

WIDTHS = (600, 320)
LIGHT, DARK = "#ffffff", "#12171d"


def sketched(answer: Answer, width: float = 600, beside: Answer | None = None) -> Sketch:
    """Draw an answer as a picture does, up to the specification."""
    kind = answer.breakdown.shown.chart
    return KINDS[kind].draw(drawn(answer, kind), drawn(beside, kind) if beside else None, width)


def _with_tables(answer: Answer) -> Answer:
    """Return an answer with the tables that charts draw."""
    if answer.over:
        periods = dict.fromkeys(str(row["period"]) for row in answer.rows)
        rows = [{"period": period, "leavers": "not yet seen" if period > "2025-10" else ""} for period in periods]
        return dataclasses.replace(answer, tables={"periods": Table(rows)})
    tables = {
        name: Table([{**row, "attribute": "distro"} for row in made("drop", "differences", 12).rows], 900)
        for name in answer.breakdown.tables
        if answer.question == "changes"
    }
    if answer.question == "drop":
        tables = {"year": Table([{"before": "2025-09-30", "share": 0.06}], 900)}
    return dataclasses.replace(answer, tables=tables)


def _cases() -> Iterator[tuple[Answer, Answer | None]]:
    """Yield an answer of each way to ask, of one row, of two and of many, and of many with another beside it."""
    for question, by, over in ways():
        for rows in (1, 2, 30):
            yield _with_tables(made(question, by, rows, over=over)), None
        many = _with_tables(made(question, by, 30, over=over))
        yield many, made(question, by, 20, over=over, where="plugin = buildbot.steps.source.cvs.CVS and python < 3.10")


def test_no_text_is_cut_and_none_lies_on_another() -> None:
    """In either width, in the widest of the usual fonts, whatever the names and numbers are."""
    for (answer, beside), width in itertools.product(_cases(), WIDTHS):
        sketch = sketched(answer, width, beside)
        where = (answer.question, answer.by, answer.over, len(answer.rows), width, beside is not None)
        boxes = [(words.text, words.box) for words in sketch.texts]
        for text, (left, top, right, bottom) in boxes:
            assert left >= -0.5 and right <= width + 0.5, (*where, text, left, right)  # noqa: PT018
            assert top >= -0.5 and bottom <= sketch.height + 0.5, (*where, text, top, bottom)  # noqa: PT018
        for (text, one), (another, other) in itertools.combinations(boxes, 2):
            apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
            assert apart, (*where, text, another)


def test_no_mark_is_beyond_the_ground() -> None:
    """But for half of a line or of a point."""
    for (answer, beside), width in itertools.product(_cases(), WIDTHS):
        sketch = sketched(answer, width, beside)
        data = itertools.chain(sketch.rectangles, sketch.rules, sketch.areas, sketch.lines, sketch.points)
        for datum in data:
            for across, down in (("x", "y"), ("x2", "y2")):
                x, y = datum.get(across, 0), datum.get(down, 0)
                assert -6 <= x <= width + 6, (answer.question, answer.by, datum)
                assert -6 <= y <= sketch.height + 6, (answer.question, answer.by, datum)


def test_every_chart_is_told_in_words() -> None:
    """In a sentence or two of the figures."""
    for answer, beside in _cases():
        kind = answer.breakdown.shown.chart
        told = KINDS[kind].tell(drawn(answer, kind), drawn(beside, kind) if beside else None)
        assert re.fullmatch(r"\S.*\.", told), (answer.question, answer.by, told)
        assert re.search(r"\d", told), (answer.question, answer.by, told)


def test_every_kind_has_a_chart_and_every_chart_is_asked_for() -> None:
    """A word of the registry that nobody uses is none."""
    assert {*KINDS} == {*get_args(Chart)}
    looks = [breakdown for entry in REGISTRY.values() for breakdown in entry.by.values()]
    used = {each.shown.chart for look in looks for each in (look, look.over) if each}
    assert used == {*KINDS}


@pytest.mark.parametrize("kind", get_args(Chart))
def test_a_picture_may_stand_in_a_page(kind: Chart, capfd: pytest.CaptureFixture[str]) -> None:
    """It is well-formed, Vega has nothing to warn of, and no policy, style sheet or id of a page is touched."""
    question, by, over = next(way for way in ways() if made(*way[:2], over=way[2]).breakdown.shown.chart == kind)
    answer = _with_tables(made(question, by, 12, over=over))
    found = picture(answer, kind, dataclasses.replace(answer, until=date(2025, 10, 31)))
    assert isinstance(found, Picture)
    for svg, width in ((found.wide, 600), (found.narrow, 320)):
        root = ET.fromstring(svg)
        assert root.attrib["aria-label"] == found.summary
        assert root.attrib["role"] == "img"
        assert root.attrib["viewBox"].split()[2] == str(width)
        assert {name for element in root.iter() for name in element.attrib} & {"id", "class", "style", "href"} == set()
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
            "svg",
            "g",
            "path",
            "line",
            "text",
            "tspan",
        }
        used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) - {"none"}
        assert used <= {ACCENT, WARM, INK, SOFT, LINE, *SERIES}
    for width in WIDTHS:
        vl_convert.vegalite_to_svg(sketched(answer, width).spec(), vl_version=VEGA_LITE, show_warnings=True)
    assert capfd.readouterr() == ("", "")


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _mixed(colour: str, ground: str, opacity: float) -> str:
    pairs = [(int(colour[place : place + 2], 16), int(ground[place : place + 2], 16)) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(over * opacity + under * (1 - opacity)):02x}" for over, under in pairs)


def test_colours_stand_out() -> None:
    """Text 4.5 to 1, marks 3 to 1; the lines of a chart on the ground of the dark theme too, which does not change them."""
    for colour in (ACCENT, WARM, INK, SOFT):
        assert _contrast(colour, LIGHT) >= 4.5
    for colour in SERIES:
        assert min(_contrast(colour, LIGHT), _contrast(colour, DARK)) >= 3
    for ink, grounds, page in ((INK, (ACCENT, WARM), LIGHT), ("#e6ebf0", ("#6cb0ee", "#f0a94c"), DARK)):
        for ground in grounds:
            assert _contrast(ink, _mixed(ground, page, DARKEST)) >= 4.5
    texts = {words.colour for answer, beside in _cases() for words in sketched(answer, beside=beside).texts}
    assert texts <= {ACCENT, WARM, INK, SOFT}


@pytest.mark.parametrize(
    ("question", "by"),
    [("environments", "db"), ("plugins", "all"), ("versions", "python"), ("combinations", "companions")],
)
def test_intervals_are_drawn_where_the_answer_claims_them(question: str, by: str) -> None:
    """A rule and two ends for each row; a publication claims none."""
    answer = made(question, by, 5)
    assert answer.has_intervals
    whiskers = [rule for rule in sketched(answer).rules if rule["strokeWidth"] == 1.5]
    assert len(whiskers) == 3 * 5
    published = dataclasses.replace(answer, k=5)
    if by != "companions":
        assert [rule for rule in sketched(published).rules if rule["strokeWidth"] == 1.5] == []


def _texts(sketch: Sketch) -> list[str]:
    return [words.text for words in sketch.texts]


def test_versions_are_in_their_order_and_an_end_is_said_in_words() -> None:
    """With the running total, and not by colour alone; on the last day itself support has not ended."""
    answer = dataclasses.replace(
        made("versions", "python", 0),
        rows=(
            _version("3.14", 240, 240, "2030-10-31"), _version("3.10", 1200, 1440, "2026-10-31"),
            _version("3.9", 960, 2400, "2025-10-31"),
        ),
    )  # fmt: skip
    texts = _texts(sketched(answer))
    assert [text for text in texts if text.startswith("3.")] == ["3.14", "3.10", "3.9"]
    assert texts.count("past its end") == 1
    assert texts[-3:] == ["10%", "60%", "100%"]
    assert picture(answer).summary == (
        "In the order of versions: most run 3.10, 50.0%, the newest, 3.14, 10.0% and 40% one that is past its end. "
        "Of 2,400 installations."
    )


def _version(name: str, count: int, running: int, until: str) -> dict[str, str | int | float | None]:
    return {
        "version": name, "supported_until": until, "installations": count, "share": count / WHOLE, "running": running,
        "running_share": running / WHOLE,
    }  # fmt: skip


def _over(shares: Sequence[Sequence[float]], until: date, by: str = "buildbot") -> Answer:
    """Return an answer over the months before a day: for each version, from 20.0 down, its shares."""
    last = until.year * 12 + until.month - 1
    months = range(last - len(shares[0]) + 1, last + 1)
    periods = [f"{month // 12}-{month % 12 + 1:02}" for month in months]
    rows: list[dict[str, str | int | float | None]] = [
        {"period": period, "version": f"{20 - place}.0", "installations": round(share[n] * WHOLE), "share": share[n]}
        for n, period in enumerate(periods)
        for place, share in enumerate(shares)
    ]
    made_up = made("versions", by, 1, over="month")
    since = date.fromisoformat(f"{periods[0]}-01")
    return dataclasses.replace(made_up, rows=tuple(rows), until=until, since=since)


def test_six_series_have_lines_and_the_older_ones_are_one() -> None:
    """Which with the six are all; the scale is that of all, and each line has its name and its last share at its end."""
    answer = _over([[0.12, 0.14]] * 5 + [[0.2, 0.1]] + [[0.1, 0.1]] * 2, date(2026, 10, 31))
    shown = drawn(answer)
    assert {row["version"] for row in shown.rows} == {"20.0", "19.0", "18.0", "17.0", "16.0", "15.0", "older"}
    assert drawn(shown) == shown
    texts = _texts(sketched(answer))
    assert "older: 20%" in texts
    assert "15.0: 10%" in texts
    assert {"0%", "25%", "50%", "75%", "100%"} <= {*texts}
    assert len({datum["detail"] for datum in sketched(answer).lines}) == 7


def test_a_month_that_is_not_over_is_dashed() -> None:
    """From the last that is, and its point is hollow; one that is over is not."""
    whole = sketched(_over([[0.5, 0.6, 0.7]], date(2026, 10, 31)))
    cut = sketched(_over([[0.5, 0.6, 0.7]], date(2026, 10, 20)))
    assert [datum["strokeDash"] for datum in whole.lines] == [[]] * 3
    assert [datum["strokeDash"] for datum in cut.lines] == [[5, 3]] * 2 + [[]] * 2
    assert [point["fillOpacity"] for point in (*whole.points, *cut.points)] == [1.0, 0.0]


def test_what_is_beside_is_dashed_and_named() -> None:
    """By its day, or by its condition, in which classes have their short names."""
    now, before = _over([[0.5, 0.6]], date(2026, 10, 31)), _over([[0.3, 0.4]], date(2025, 10, 31))
    sketch = sketched(now, beside=before)
    assert "lines: 2026-10-31; dashed: 2025-10-31" in _texts(sketch)
    assert [datum["strokeDash"] for datum in sketch.lines] == [[]] * 2 + [[5, 3]] * 2
    bars = made("environments", "db", 1)
    with_cvs = dataclasses.replace(bars, where="plugin = buildbot.steps.source.cvs.CVS")
    assert {"plugin = CVS", "all (in brackets)"} <= {*_texts(sketched(with_cvs, beside=bars))}


def test_bars_of_months_that_are_not_over_are_hatched() -> None:
    """The first, of which the days before the window are missing, and the last; the key says so."""
    months = made("installs", "month", 24, over=None)
    cut = sketched(dataclasses.replace(months, until=date(2026, 10, 20), since=date(2024, 11, 10)))
    full = sketched(dataclasses.replace(months, until=date(2026, 10, 31), since=date(2024, 11, 1)))
    assert "not finished" in _texts(cut)
    assert "not finished" not in _texts(full)
    hollow = [bar for bar in cut.rectangles if bar["fillOpacity"] == 0]
    assert len(hollow) == 3  # and the key's
    assert cut.rules[0]["stroke"] == ACCENT


def test_releases_and_ends_of_support_are_marked() -> None:
    """Each by a rule and its name, where they were in the months that are drawn."""
    months = [[0.5] * 22]
    buildbot, python = (_texts(sketched(_over(months, DAY, by))) for by in ("buildbot", "python"))
    assert "4.3.0" in buildbot
    assert "4.2.0" not in buildbot  # it came out in 2024
    assert {"end of 3.9", "end of 3.10"} <= {*python}


def test_what_all_use_is_told_and_not_drawn() -> None:
    """A line at 100% says nothing, and would squeeze the others."""
    rows = made("plugins", "all", 3).rows
    answer = dataclasses.replace(made("plugins", "all", 3), rows=({**rows[0], "share": 0.995}, *rows[1:]))
    assert len(sketched(answer).points) == 2
    assert picture(answer).summary.endswith("Nearly all use CVS, not drawn.")


def test_of_few_installations_counts_are_written() -> None:
    """A share of seven is no share."""
    row: dict[str, Cell | None] = {"value": "sqlite", "installations": 3, "share": 0.4286}
    answer = dataclasses.replace(made("environments", "db", 1), denominator=7, rows=(row,))
    assert _texts(sketched(answer)) == ["sqlite", "3"]


def test_without_a_clear_change_the_picture_says_so() -> None:
    """There is always a row, that of the summary."""
    answer = dataclasses.replace(made("changes", "month", 1), tested=120)
    assert picture(answer).summary == "No clear difference among 120 that were tested."
    assert _texts(sketched(answer)) == ["No clear difference among 120 that were tested."]


def test_companions_are_those_clearly_oftener_used_and_not_the_class_itself() -> None:
    """By how many times as often, ten at most."""
    row = made("combinations", "companions", 1).rows[0]
    names = {"buildbot.steps.source.cvs.CVS": 20.0, "buildbot.steps.x.Rare": 1.1, "buildbot.steps.x.Both": 3.0}
    rows = tuple({**row, "plugin": name, "lift": lift} for name, lift in names.items())
    answer = dataclasses.replace(made("combinations", "companions", 1), rows=rows, where="plugin = CVS")
    assert [each["plugin"] for each in drawn(answer).rows] == ["buildbot.steps.x.Both"]
