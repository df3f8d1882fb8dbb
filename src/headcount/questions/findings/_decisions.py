"""Findings of the answers that a decision needs: what is used, by whom, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator

from headcount.questions._answer import Answer
from headcount.questions._spelling import subjects
from headcount.questions.findings._words import (
    FEW,
    Row,
    commonest,
    everyone,
    installations,
    known_as,
    part,
    short,
    verb,
)

_CLEARER = {"classes": "plugin", "series": "version", "environments": "value"}
_NAMING = ("plugin", "www")  # terms that name a row of a class
_ATTRIBUTES = {"buildbot": "Buildbot ", "python": "Python ", "twisted": "Twisted "}


def record(answer: Answer) -> str:
    """Say how many use it, which share that is of those that answered, and how many of them run the newest release."""
    (row,) = answer.rows
    count, share = int(row["installations"] or 0), row["share"]
    text = f"`{answer.where}` is true of {installations(count, known_as(answer))}"
    if share is not None:
        whole = answer.denominator or 0
        told = round(float(share) * whole)
        percent = f" ({share:.1%})" if whole >= FEW else ""
        text += f"; of the {whole:,} that answered what it asks it is {told:,}{percent}"
    if count:
        newest = int(row["on_newest_release"] or 0)
        text += f". {'None' if not newest else f'{newest:,}'} of them {'runs' if newest < 2 else 'run'} the newest release, "
        text += f"{row['newest_release']}"
    if row["over_half"] == "yes":
        text += "; one installation has over half of the instances"
    return f"{text}."


def year(answer: Answer) -> str:
    """Say what became of the same installations in a year."""
    if not answer.rows:
        return f"Nothing is known of a year of the same installations, of {everyone(answer)}."
    (row,) = answer.rows
    return (
        f"Between {row['before']} and {row['quarter']}, of the installations known at both, {row['kept']:,} kept what "
        f"`{answer.where}` names, {row['stopped']:,} stopped and {row['started']:,} started: {row['change']}. "
        f"{row['gone']:,} that had it did not report in that year."
    )


def parts(answer: Answer) -> str:
    """Say which part of the condition the most use."""
    if not answer.rows:
        return f"`{answer.where}` has no parts that `or` joins or a list names."
    row = commonest(answer.rows)[0]
    return (
        f"Of {everyone(answer)}, {part(answer, row)} match `{row['part']}`, the commonest of {len(answer.rows)} parts; "
        f"{row['alone']:,} of these match no other part."
    )


def overlap(answer: Answer) -> str:
    """Say which two parts of the condition the most use."""
    if not answer.rows:
        return f"`{answer.where}` has no two parts that `or` joins or a list names."
    row = commonest(answer.rows)[0]
    return f"Of {everyone(answer)}, {part(answer, row)} match both `{row['part']}` and `{row['with']}`, the most of any two."


def classes(answer: Answer) -> str:
    """Say how many use each class that is named, with how many instances."""
    if not answer.rows:
        return f"`{answer.where}` names no class."
    names = short(answer)
    row = commonest(answer.rows)[0]
    most = f"; one of them has {row['most']:,}" if row["most"] else ""
    return (
        f"{names[str(row['plugin'])]} is used by {installations(int(row['installations'] or 0), known_as(answer))}, with "
        f"{row['instances']:,} instances{most}."
    )


def series(answer: Answer) -> str:
    """Say on which series of Buildbot the most users are, and which part of all on it they are."""
    if not answer.rows:
        return f"`{answer.where}` is true of none of {everyone(answer)}."
    row = commonest(answer.rows)[0]
    share = f" ({row['rate']:.1%})" if row["rate"] is not None and int(row["all"] or 0) >= FEW else ""
    return (
        f"The most of those of whom `{answer.where}` is true run Buildbot {row['version']}: {row['installations']:,}{share} "
        f"of the {row['all']:,} installations on it that answered what it asks."
    )


def differences(answer: Answer) -> str:
    """Say in how many ways those of whom it is true differ from the others, and in which most clearly."""
    tested = f"of {answer.tested or 0:,} that were tested"
    if not answer.rows:
        return f"Those of whom `{answer.where}` is true differ from the others in nothing that is clear, {tested}."
    row = min(answer.rows, key=lambda row: float(row["adjusted"] or 0))
    attribute, value = str(row["attribute"]), str(row["value"])
    name = value.rpartition(".")[2] if attribute == "companion" else value
    return (
        f"Those of whom `{answer.where}` is true differ from the others in {len(answer.rows)} ways, {tested}; most clearly "
        f"in the {attribute} {name}: {row['installations']:,} of them have it, and {row['others']:,} of the others."
    )


def moved(answer: Answer) -> str:
    """Say how many do not use it any more, and how long half of them needed."""
    row = answer.rows[0] if answer.rows else None
    if row is None or not row["installations"]:
        return f"Of no installation is it known that `{answer.where}` was true and is no more."
    return (
        f"{installations(int(row['installations'] or 0), known_as(answer))} {'is' if row['installations'] == 1 else 'are'} "
        f"known of whom `{answer.where}` was true and is no more; half of them needed at most {row['median']} days for it."
    )


def silent(answer: Answer) -> str:
    """Say between which shares it lies, whatever of the table is supposed of those who do not report."""
    estimates = [float(row["estimate"] or 0) for row in answer.rows]
    if not estimates:
        return f"`{answer.where}` is true of none of {everyone(answer)}."
    return (
        f"`{answer.where}` is true of {part(answer, answer.rows[0])} of "
        f"{installations(answer.denominator or 0, known_as(answer))} that answered what it asks. Of all installations, "
        f"those that do not report included, it would be {min(estimates):.1%} to {max(estimates):.1%}, by what is supposed "
        "of those."
    )


def changes(answer: Answer) -> str:
    """Say how much changed clearly of the same installations, and what the most."""
    (row,) = answer.rows
    return (
        f"Of {everyone(answer)}, {_clear(answer, 'changed')}. {row['new']:,} {verb(row['new'], 'are')} new since "
        f"{row['before']}, and {row['gone']:,} {verb(row['gone'], 'are')} gone."
    )


def groups(answer: Answer) -> str:
    """Say in how much two groups differ clearly, and in what most."""
    (row,) = answer.rows
    count, others = int(row["installations"] or 0), int(row["others"] or 0)
    if answer.by == "lapsed":
        who = f"{installations(count)} lapsed in the last year, and {others:,} are {answer.basis}"
        if answer.where:
            who += f", of those that match `{answer.where}`"
    else:
        other = f"match `{answer.compared}`" if answer.compared else "do not"
        who = f"{installations(count, known_as(answer))} match `{answer.where}`, and {others:,} {other}"
    return f"{who}: {_clear(answer, 'differ')}."


def _clear(answer: Answer, differ: str) -> str:
    """Return how many of the things that were tested are clear, and which the most."""
    tested = f"of {answer.tested or 0:,} things tested"
    found = sorted(_found(answer), key=lambda each: (float(each[1]["p"] or 0), each[0]))
    if not found:
        return f"none {tested} {differ if differ == 'changed' else 'differs'} clearly"
    name, row = found[0]
    more = (
        f"{row['started']:,} started and {row['stopped']:,} stopped"
        if "started" in row
        else f"{row['installations']:,} of the first have it and {row['others']:,} of the second"
    )
    does = differ if differ == "changed" else verb(len(found), differ)
    return f"{len(found)} {tested} {does} clearly, most of all {name}: {more}"


def unnamed(answer: Answer, table: str) -> list[Row]:
    """Return the rows of a table of `changes` that are about something else than its conditions.

    What a condition names tells the groups apart by definition; so does each other value of its attribute.
    """
    conditions = (text for text in (answer.where, answer.compared) if text)
    about = frozenset[str]().union(*map(subjects, conditions))
    attributes = {subject.partition(" = ")[0] for subject in about}
    return [
        row
        for row in answer.tables[table].rows
        if row.get("attribute") not in attributes and not {f"{term} = {row.get('plugin')}" for term in _NAMING} & about
    ]


def _found(answer: Answer) -> Iterator[tuple[str, Row]]:
    for table, column in _CLEARER.items():
        for row in unnamed(answer, table):
            name = str(row[column])
            yield (
                name.rpartition(".")[2]
                if column == "plugin"
                else f"{_ATTRIBUTES.get(str(row['attribute']), '')}{name}",
                row,
            )
