"""What is known before dropping something, as Markdown for an issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from headcount.questions._answer import Answer
from headcount.questions._question import BASES, Cell
from headcount.questions._record import Record, Year

_SAMPLE = (
    "Those that report are no random sample of all: many masters report nothing, and nothing in the reports tells whether "
    "those use it more often, or less. This never says yes."
)
_MOST = 5  # values that a line names


def record_markdown(record: Record) -> str:
    """Return a record as Markdown, for everybody."""
    k = record.k
    whom = (
        f"At the end of {record.quarter} ({record.until}, UTC), of *confirmed* installations: those that reported on "
        "two different days, the last of them in the 13 months before. Reports are held since "
        f"{record.held_since}. **Protected:** every count has noise of at most {k}, and one under {k} is not said, so that "
        "figures do not add up exactly."
    )
    kept = f"Record `{record.name}` of Headcount, kept at `/public/records/{record.name}`."
    points = "\n".join(f"- {point}" for point in _points(record))
    return f"### Before dropping: `{record.condition}`\n\n{whom}\n\n{points}\n\n{_SAMPLE} {kept}\n"


def private_markdown(answer: Answer) -> str:
    """Return the answer of `drop` by `summary` as Markdown, with true counts; whoever reads it is told so."""
    whom = (
        f"True counts of *{answer.basis}* installations ({BASES[answer.basis]}), from {answer.since} to {answer.until} "
        f"(UTC); data until {answer.fresh or 'never'}. They are for maintainers alone: `--format markdown` without "
        "`--private` gives what may be published."
    )
    points = "\n".join(f"- {point}" for point in _true_points(answer))
    return f"### NOT FOR PUBLICATION: before dropping `{answer.where}`\n\n{whom}\n\n{points}\n\n{_SAMPLE}\n"


def _points(record: Record) -> Iterator[str]:
    k = record.k
    yield f"**Used by {_count(record.users, k)}** of {record.confirmed:,} installations."
    if record.users is None or record.least is None:
        yield f"{_count(record.asked, k)} of them answered all that it asks."
    else:
        asked = f"{_percent(record.share)} of the {_count(record.asked, k)} that answered all that it asks; "
        yield (
            f"{asked if record.share is not None else ''}of all at least {_percent(record.least)}, and at most "
            f"{_percent(record.most)}, since it is not known of {_count(record.unknown, k)}."
        )
        newest = " and ".join(record.newest_series)
        yield f"On the newest two series of Buildbot ({newest}): {_count(record.on_newest, k)}."
    for what, figures in (("series of Buildbot", record.series), ("distribution", record.distributions)):
        if figures:
            yield f"By {what}: {_listed(figures)}; any other fewer than {k}."
    yield _no_year(record.held_since) if record.year is None else _moves(record.year, k)


def _moves(year: Year, k: int) -> str:
    moves = {
        "still use it": year.kept, "stopped": year.stopped, "began": year.started, "no longer tell": year.silent,
        "did not report since": year.gone,
    }  # fmt: skip
    used = f"A year before ({year.before}): used by {_count(year.users, k)}."
    said = [f"{number:,} {what}" for what, number in moves.items() if number is not None]
    few = [f"fewer than {k} {what}" for what, number in moves.items() if number is None]
    return f"{used} Of the same masters {', '.join(said + few)}." if said else used


def _true_points(answer: Answer) -> Iterator[str]:
    row = answer.rows[0]
    yield (
        f"**Used by {_number(row['installations'])}** installations; {_percent(row['share'])} of the "
        f"{_number(answer.denominator)} that answered all that it asks; of all at least {_percent(row['least'])}, and at "
        f"most {_percent(row['most'])}."
    )
    names = f"{_number(row['instances'])} instances, over half of them in one installation: {row['over_half']}; "
    yield f"{names if row['over_half'] else ''}{_number(row['builders'])} builders. Last seen: {row['last_seen']}."
    yield (
        f"On the newest release of Buildbot ({row['newest_release']}): {_number(row['on_newest_release'])}; on the newest "
        f"two series ({row['newest_series']}): {_number(row['on_newest_series'])}."
    )
    by_series = {str(one["version"]): one["installations"] for one in _rows(answer, "series")}
    if by_series:
        yield f"By series of Buildbot: {_listed(by_series)}."
    years = _rows(answer, "year")
    yield _true_moves(years[0]) if years else _no_year(answer.held_since)
    differing = [
        f"{one['attribute']} {one['value']} ({_percent(one['share'])}, {_percent(one['others_share'])} of others)"
        for one in _rows(answer, "differences")[:_MOST]
    ]
    if differing:
        yield f"Where users differ from others, of {_number(answer.tested)} that were tested: {', '.join(differing)}."


def _true_moves(row: Mapping[str, Cell | None]) -> str:
    return (
        f"In the year up to the end of the last quarter, from {row['before']} to {row['quarter']}: used by "
        f"{_number(row['installations'])} at first. Of the same masters {_number(row['kept'])} still use it, "
        f"{_number(row['stopped'])} stopped, {_number(row['started'])} began, {_number(row['unanswered'])} no longer tell, "
        f"{_number(row['gone'])} did not report since: {row['change']} (p = {row['p']})."
    )


def _no_year(held_since: date | None) -> str:
    return f"Reports are held since {held_since or 'no day yet'}, so there is no year before to compare with."


def _listed(figures: Mapping[str, Cell | None]) -> str:
    """Return the first figures in words, and how many more there are."""
    more = f", and {len(figures) - _MOST} more" if len(figures) > _MOST else ""
    return _pairs(list(figures.items())[:_MOST]) + more


def _pairs(figures: Iterable[tuple[str, Cell | None]]) -> str:
    return ", ".join(f"{name} ({_number(number)})" for name, number in figures)


def _rows(answer: Answer, table: str) -> Sequence[Mapping[str, Cell | None]]:
    return answer.tables[table].rows if table in answer.tables else ()


def _count(number: int | None, k: int) -> str:
    return f"fewer than {k}" if number is None else f"{number:,}"


def _number(value: Cell | None) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _percent(value: Cell | None) -> str:
    return "not known" if value is None else f"{float(value):.1%}"
