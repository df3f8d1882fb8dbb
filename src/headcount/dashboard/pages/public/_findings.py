"""What a publication says, in sentences made of its figures.

The figures have noise, so that none is said as if it were exact, and what is under k is not said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from headcount.dashboard._words import count, percent
from headcount.dashboard.pages._series import newest_series
from headcount.dashboard.pages.public._themes import THEMES, find
from headcount.questions import RARE, Answer, Cell, Publication, is_released, listed, shown_name, supported

_NEAR = 0.015  # by so much a share may be off the fraction that it is called
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_FRACTIONS = ((1, 10), (1, 5), (1, 4), (1, 3), (1, 2), (2, 3), (3, 4), (4, 5), (9, 10))
_TOP = 3  # names of plugins that a sentence has
_ROUNDED = 100  # from so many on a count is said in tens

Row = Mapping[str, Cell | None]


def findings(publication: Publication) -> dict[str, str]:
    """Return a sentence or two about each theme of which the publication says something, by the name of the theme."""
    said = {each.name: " ".join(_SENTENCES[each.name](publication)) for each in THEMES}
    return {name: text for name, text in said.items() if text}


def about(number: int | None, k: int, noun: str = "") -> str:
    """Return a published count in words: ``about 1,520 masters``, or ``fewer than 5 masters``."""
    if number is None:
        return f"fewer than {k}{' ' if noun else ''}{noun}{'s' if noun else ''}"
    return f"about {count(round(number, -1) if number >= _ROUNDED else number, noun)}"


def part(share: float) -> str:
    """Return a published share as a fraction that people say, such as ``two of three (67%)``, or in percent."""
    for over, under in _FRACTIONS:
        if abs(share - over / under) <= _NEAR:
            return f"{_WORDS[over - 1]} of {_WORDS[under - 1]} ({percent(share)})"
    return percent(share)


def day_in_words(day: date) -> str:
    """Return a day as ``29 November 2026``."""
    return f"{day.day} {day:%B %Y}"


def _masters(publication: Publication) -> Iterator[str]:
    table = find(publication, "installs", "state")
    if table is None:
        return
    alive = next((row["installations"] for row in table.rows if row["state"] == "alive"), None)
    number = about(None if alive is None else int(alive), publication.k, "master")
    yield f"{number.capitalize()} reported in the 13 months to {day_in_words(table.until)}, each on two days or more."


def _buildbot(publication: Publication) -> Iterator[str]:
    table = find(publication, "versions", "buildbot")
    rows = _told(table, "version")
    if table is None or not rows:
        return
    most = _most(rows)
    said = [f"{_capital(part(_share(most)))} of those that say so run Buildbot {most['version']}"]
    out = [row for row in rows if is_released(str(row["version"]), table.until)]
    if out:
        newest = _newest(str(out[0]["version"]), table.until)
        if out[0] is most:
            said[0] += f", {newest}"
        else:
            said.append(f"{part(_share(out[0]))} run {out[0]['version']}, {newest}")
        ahead = sum(_share(row) for row in rows[: rows.index(out[0])])
        if ahead:
            said.append(f"{part(ahead)} run one that is not released")
    yield f"{'; '.join(said)}."


def _newest(version: str, until: date) -> str:
    """Return what to call the newest version of which a figure is said; one of nearly nobody may be newer."""
    newest = newest_series(until)
    if f"{version}.".startswith(f"{newest}."):
        return "the newest series" if version == newest else "of the newest series"
    return "the newest of which a figure is said"


def _python(publication: Publication) -> Iterator[str]:
    table = find(publication, "versions", "python")
    rows = _told(table, "version")
    if table is None or not rows:
        return
    most = _most(rows)
    yield f"Python {most['version']} is the most common one, with {part(_share(most))}."
    days = ((row, supported().get(("python", str(row["version"])))) for row in rows)
    ended = [_share(row) for row, last in days if last is not None and last < table.until.isoformat()]
    if ended:
        yield f"About {percent(sum(ended))} run a Python past the end of its support."


def _plugins(publication: Publication) -> Iterator[str]:
    steps = [row for row in _told(find(publication, "plugins", "all"), "plugin") if row.get("kind") == "step"]
    if steps:
        yield f"The steps that most masters use are {listed([shown_name(str(row['plugin'])) for row in steps[:_TOP]])}."
    none = [row for row in _told(find(publication, "customization", "portion"), "band") if row["band"] == "none"]
    if none:
        yield f"{_capital(part(_share(none[0])))} have no class of their own."


def _environments(publication: Publication) -> Iterator[str]:
    said = {by: _told(find(publication, "environments", by), "value") for by in ("system", "distro", "db")}
    if said["system"]:
        most = _most(said["system"])
        yield f"{_capital(part(_share(most)))} run on {most['value']}."
    if said["distro"]:
        most = _most(said["distro"])
        yield f"The most common distribution is {most['value']} ({percent(_share(most))})."
    if said["db"]:
        most = _most(said["db"])
        yield f"{_capital(part(_share(most)))} keep their data in {most['value']}."


def _sizes(publication: Publication) -> Iterator[str]:
    most = [
        f"{_most(rows)['band']} {by} ({percent(_share(_most(rows)))})".replace("-", "\N{EN DASH}")
        for by in ("builders", "workers")
        if (rows := _told(find(publication, "sizes", by), "band"))
    ]
    if most:
        yield f"Most often a master has {listed(most)}."


def _reporting(publication: Publication) -> Iterator[str]:
    full = [row for row in _told(find(publication, "coverage", "level"), "value") if row["value"] == "full"]
    if full:
        yield f"{_capital(part(_share(full[0])))} report at the level full, which tells most."
    stock = [row for row in _told(find(publication, "coverage", "sender"), "value") if row["value"] == "stock"]
    if stock:
        yield f"{_capital(part(_share(stock[0])))} use the reporter that stock Buildbot has."


_SENTENCES = {
    "masters": _masters, "buildbot": _buildbot, "python": _python, "plugins": _plugins, "environments": _environments,
    "sizes": _sizes, "reporting": _reporting,
}  # fmt: skip


def _told(table: Answer | None, column: str) -> Sequence[Row]:
    """Return the rows of a table whose counts are said, in their order, but for that of the rare names."""
    rows = table.rows if table is not None else ()
    return [row for row in rows if row["share"] is not None and row[column] != RARE]


def _most(rows: Sequence[Row]) -> Row:
    return max(rows, key=_share)


def _share(row: Row) -> float:
    return float(row["share"] or 0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
