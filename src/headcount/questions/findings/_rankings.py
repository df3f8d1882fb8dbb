"""Findings of answers whose rows are names with how many have each."""

from __future__ import annotations

from collections.abc import Callable

from headcount.questions._answer import Answer
from headcount.questions.findings._words import (
    Row,
    commonest,
    everyone,
    listed,
    named_rows,
    number,
    part,
    short,
    short_sequences,
    verb,
    whom,
)

_NAMED = 3  # of the commonest that a sentence names


def leading(answer: Answer, does: str, name: Callable[[Row], str], column: str) -> str:
    """Say which names the most have, as in "Of 20 installations, 12 run Linux and 8 Windows".

    ``does``: the verb and what follows it before each name, as of many.
    """
    rows = [row for row in commonest(named_rows(answer, column))[:_NAMED] if row["installations"] is not None]
    if not rows:
        return f"Of {everyone(answer)}, {_NOBODY if answer.protected else 'none has any'}."
    plural, blank, rest = does.partition(" ")
    first = f"{part(answer, rows[0])} {verb(rows[0]['installations'], plural)}{blank}{rest} {name(rows[0])}"
    return f"Of {everyone(answer)}, {listed([first, *(f'{part(answer, row)} {name(row)}' for row in rows[1:])])}."


_NOBODY = "no name is on enough to be said"


def plugins(answer: Answer) -> str:
    """Say which classes the most use."""
    names = short(answer)
    return leading(answer, "use", lambda row: names[str(row["plugin"])], "plugin")


def plugin_bands(answer: Answer) -> str:
    """Say which classes the most have how many of."""
    names = short(answer)
    return leading(answer, "have", lambda row: f"{row['band']} of {names[str(row['plugin'])]}", "plugin")


def values(answer: Answer) -> str:
    """Say what the most run on."""
    return leading(
        answer, "have", lambda row: " with ".join(str(row[name]) for name in ("value", "with") if name in row), "value"
    )


def pipelines(answer: Answer) -> str:
    """Say which steps the most put together."""
    steps = short_sequences(answer)
    (*_, length) = {"pairs": (2,), "triples": (3,)}.get(answer.by, (0,))
    what = f"{length} steps in a row" if length else "all steps of a builder"
    rows = commonest(answer.rows)[:1]
    if not rows:
        return f"None of {everyone(answer)} has {what}."
    have = verb(rows[0]["installations"], "have")
    return f"Of {everyone(answer)}, {part(answer, rows[0])} {have} {steps[str(rows[0]['steps'])]} as {what}."


def sizes(answer: Answer) -> str:
    """Say how many workers, builders or steps the most have."""
    return leading(
        answer,
        "have",
        lambda row: f"{row['band']} {answer.by.removesuffix('s') if row['band'] == '1' else answer.by}",
        "band",
    )


def quantiles(answer: Answer) -> str:
    """Say how many of each half of the installations have at most, and nine tenths."""
    half, nine = (
        listed([f"{row[name]:,} {row['kind']}s" for row in answer.rows if row[name] is not None])
        for name in ("median", "p90")
    )
    return f"Of {everyone(answer)}, half have at most {half}, and nine tenths at most {nine}."


def bases(answer: Answer) -> str:
    """Say which classes the most have subclasses of."""
    names = short(answer)
    if not answer.rows:
        return f"None of {everyone(answer)} has a class of its own."
    return leading(answer, "have a subclass of", lambda row: names[str(row["plugin"])], "plugin")


def depths(answer: Answer) -> str:
    """Say how many have a class of their own right below a public one, and how deep it goes."""
    own = [row for row in answer.rows if row["depth"] == 1]
    deepest = max((int(row["depth"] or 0) for row in answer.rows), default=0)
    if not own:
        return f"None of {everyone(answer)} has a class of its own right below a public one."
    deeper = f"; the deepest is {deepest} classes below" if deepest > 1 else ""
    return f"Of {everyone(answer)}, {part(answer, own[0])} have a class of their own right below a public one{deeper}."


def portions(answer: Answer) -> str:
    """Say how many customize nothing."""
    none = next((row for row in answer.rows if row["band"] == "none"), None)
    if none is None or none["installations"] is None:
        return leading(answer, "have", lambda row: f"{row['band']} of their plugins of their own classes", "band")
    return f"Of {everyone(answer)}, {part(answer, none)} have no plugin of a class of their own."


def levels(answer: Answer) -> str:
    """Say at which level, and by what, the last reports are."""
    if answer.by == "level":
        return leading(answer, "report", lambda row: f"at level {row['value']}", "value")
    return leading(
        answer, "report", lambda row: "by stock Buildbot" if row["value"] == "stock" else f"by {row['value']}", "value"
    )


def janitor(answer: Answer) -> str:
    """Say of how many something was left out of the report."""
    rows = [row for row in answer.rows if row["value"] == "subtracted"]
    count = part(answer, rows[0]) if rows else "none"
    return f"Of {everyone(answer)}, {count} had what JanitorConfigurator adds left out of their report."


def fields(answer: Answer) -> str:
    """Say which field the fewest answered, and how many fields the most."""
    rows = [row for row in answer.rows if row["installations"] is not None]
    if not rows:
        return f"Of {everyone(answer)}, no field was answered by enough to be said."
    least = min(rows, key=lambda row: int(row["installations"] or 0))
    most = max(rows, key=lambda row: int(row["installations"] or 0))
    return (
        f"Of {everyone(answer)}, {part(answer, most)} answered the field that most answer, {most['value']}, and "
        f"{part(answer, least)} the one that fewest do, {least['value']}."
    )


def scrubbed(answer: Answer) -> str:
    """Say of which field the most had values that were not public."""
    rows = commonest(answer.rows)
    if not rows:
        return f"Of {everyone(answer)}, none sent a value that is not public."
    values = sum(int(row["scrubs"] or 0) for row in rows)
    return (
        f"In the last reports of {everyone(answer)}, {values:,} values were not public and were cut; the most often of "
        f"{rows[0]['value']}, with {number(answer, rows[0]['installations'])} installations."
    )


def vocabulary(answer: Answer) -> str:
    """Say how many masters are newer than the names that are known."""
    newer = sum(int(row["newer"] or 0) for row in answer.rows)
    return f"Of {everyone(answer)}, {newer:,} run a Buildbot that is newer than the names that are known."


def ages(answer: Answer) -> str:
    """Say how many were last seen how long ago."""
    return leading(answer, "were last seen", lambda row: f"{row['band']} days ago", "band")


def floods(answer: Answer) -> str:
    """Say on how many days newcomers were set apart."""
    rows = answer.rows
    if not rows:
        return f"From {answer.since} to {answer.until} no newcomers were set apart."
    counted = sum(int(row["installations"] or 0) for row in rows)
    still = sum(int(row["apart"] or 0) for row in rows)
    days = "1 day" if len(rows) == 1 else f"{len(rows)} days"
    return (
        f"From {answer.since} to {answer.until}, {counted:,} newcomers were set apart on {days}, as more came than the "
        f"days before let expect; {still:,} of them still are."
    )


def uncounted(answer: Answer) -> str:
    """Say how many reports count no installation."""
    window = f"From {answer.since} to {answer.until}"
    if not answer.rows:
        return f"{window} no report was thrown away, and none came without an install id."
    reports = sum(int(row["reports"] or 0) for row in answer.rows)
    first = answer.rows[0]
    return (
        f"{window}, {reports:,} reports had no install id or were thrown away; the most, {first['reports']:,}, as "
        f"{first['value']}."
    )


def candidates(answer: Answer) -> str:
    """Say how many of what Buildbot offers nobody uses."""
    unused = sum(row["installations"] == 0 for row in answer.rows)
    few = sum(0 < int(row["installations"] or 0) < 5 for row in answer.rows)
    kinds = "plugins" if answer.by == "all" else f"{answer.by} classes"
    return (
        f"Of {len(answer.rows):,} {kinds} that the newest Buildbot offers, {unused:,} {verb(unused, 'are')} used by none of "
        f"{everyone(answer)}, and {few:,} by one to four."
    )


def adoption(answer: Answer) -> str:
    """Say how many use what a release brought."""
    used = [row for row in commonest(answer.rows) if row["installations"]]
    brought = "the 1 plugin" if len(answer.rows) == 1 else f"the {len(answer.rows)} plugins"
    if not used:
        return f"None of {everyone(answer)} uses any of {brought} that {answer.by} brought."
    names = short(answer)
    unused = len(answer.rows) - len(used)
    rest = (
        f"; {unused} of {brought} that {answer.by} brought {'is' if unused == 1 else 'are'} used by none"
        if unused
        else ""
    )
    return leading(answer, "use", lambda row: names[str(row["plugin"])], "plugin").removesuffix(".") + f"{rest}."


def varieties(answer: Answer) -> str:
    """Say behind which class the most have classes of their own."""
    names = short(answer)
    if not answer.rows:
        return f"None of {everyone(answer)} has a class of its own."
    return leading(answer, "have classes of their own of", lambda row: names[str(row["plugin"])], "plugin")


def pairs(answer: Answer) -> str:
    """Say which two plugins go together the most."""
    names = short(answer)
    if not answer.rows:
        return f"Of {everyone(answer)}, no two plugins are used together by enough to be said."
    row = answer.rows[0]
    both, confidence = int(row["installations"] or 0), float(row["confidence"] or 0)
    one, other = names[str(row["plugin"])], names[str(row["with"])]
    using = round(both / confidence) if confidence else both
    of_those = f"all of those use {other} too" if using == both else f"{both:,} of those use {other} too"
    return (
        f"Of {everyone(answer)}, {using:,} {verb(using, 'use')} {one}, and {of_those}: {row['lift']:.1f} times as often "
        "as if one had nothing to do with the other."
    )


def companions(answer: Answer) -> str:
    """Say what those who match use more often than others do, but for what all of them use."""
    names = short(answer)
    rows = [
        row
        for row in answer.rows
        if 5 <= int(row["installations"] or 0) != answer.denominator and float(row["lift"] or 0) >= 1.2
    ]
    rows.sort(key=lambda row: -float(row["lift"] or 0))
    if not rows:
        return f"Of {everyone(answer)}, at least five use nothing that all use much less often."
    first, *others = (
        f"{part(answer, row)} {{}}{names[str(row['plugin'])]} ({row['lift']:.1f} times as often as all do)"
        for row in rows[:2]
    )
    return f"Of {everyone(answer)}, {listed([first.format('use '), *(each.format('') for each in others)])}."


def states(answer: Answer) -> str:
    """Say how many are alive, new and lapsed."""
    counts = {str(row["state"]): row for row in answer.rows}

    def of(name: str) -> str:
        return number(answer, counts[name]["installations"])

    more = [f"{of(name)} {name}" for name in ("confirmed", "new") if name in counts]
    apart = counts.get("set apart", {}).get("installations")
    told = [
        f"{part(answer, counts['alive'])} {verb(counts['alive']['installations'], 'are')} alive"
        + (" and confirmed" if answer.protected else "")
        + (f" ({', '.join(more)})" if more else ""),
        *([f"{part(answer, counts['lapsed'])} lapsed"] if "lapsed" in counts else []),
        *([f"{apart:,} {verb(apart, 'are')} set apart in a flood"] if apart else []),
    ]
    ever = "installation" if answer.denominator == 1 else "installations"
    return f"Of {number(answer, answer.denominator)} {ever}{whom(answer)}, {listed(told)}."


def drop_versions(answer: Answer) -> str:
    """Say on which release the most are."""
    return leading(answer, "run", lambda row: f"Buildbot {row['version']}", "version")
