"""Reading a body as a `Report`: strictly from our own reporter, leniently from stock Buildbot.

Both ways follow the catalog and scrub. They differ where a value has a wrong type: our reporter is told
every problem and the report is refused; from stock the field is dropped and counted, since stock can
neither learn nor retry.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from headcount.contract._catalog import ACCOMPANIMENTS, CATALOG, KEYS, LEVELS, SCHEMA, SECTIONS, Field, Level
from headcount.contract._forms import Notes, Problem, kind_of
from headcount.contract._janitor import mark_of_left_janitor, without_janitor
from headcount.contract._report import REASONS, InvalidReport, Profile, Reason, Report, Sender
from headcount.contract._stock import normalize
from headcount.contract._vocabulary import Vocabulary
from headcount.contract._wire import INSTALL_ID, REPORT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.contract._collections import Counts, Sequence
    from headcount.contract._names import Name

_ENVELOPE = tuple(one.path.partition(".")[2] for one in ACCOMPANIMENTS if one.path.startswith("headcount."))
_VOCABULARY = re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}", re.ASCII)
_PLACES = [
    (*field.path.rpartition(".")[::2], field) for field in CATALOG
]  # its section, empty at the top; its key there; the field
_SHOWN = 60  # characters of an unknown key that a problem repeats to its sender

# What stock sends beside the catalog. It is not stored: `platform.platform` is read for the kernel of Linux.
_STOCK_ONLY = {"platform.platform", "platform.processor", "buggySSL"}
# A report that lacks one of these went through an administrator's function. 0.9.0 may omit `www_plugins`.
_STOCK_ALWAYS = ("versions", "platform", "plugins", "db", "mq")


def read_report(body: object, known: Vocabulary) -> Report:
    """Read a report of our own reporter.

    Raises `InvalidReport` with every problem of the body. Fields of a newer schema that the catalog lacks
    are left out.
    """
    if not isinstance(body, dict):
        raise InvalidReport([Problem("", f"a report is an object, not {kind_of(body)}")])
    notes = Notes(known)
    envelope = _envelope(body.get("headcount"), notes)
    if _is_known(envelope.get("schema")):
        _refuse_unknown(body, notes)
    install = body.get("installid")
    if install is not None and not (isinstance(install, str) and INSTALL_ID.fullmatch(install)):
        notes.problem("installid", "must be 40 hexadecimal digits")
    values = _read_fields(body, notes)
    if problems := notes.problems():
        raise InvalidReport([*problems])
    if envelope["schema"] == 1:
        _take_out_janitor(values)
    else:
        values["janitor"] = mark_of_left_janitor(*_classes(values))
    level = cast("Level", envelope["level"])
    return Report(
        profile=_profile("headcount", level, values, notes, cast("str", envelope["vocabulary"])),
        install=cast("str | None", install),
        id=cast("str", envelope["report"]),
        reason=cast("Reason", envelope["reason"]),
        every=cast("int | None", envelope.get("every")),
    )


def read_stock(body: object, known: Vocabulary) -> Report:
    """Read a report of any release of stock Buildbot.

    Raises `InvalidReport` where the body is no object, or has no key of a report.
    """
    if not isinstance(body, dict):
        raise InvalidReport([Problem("", f"a report is an object, not {kind_of(body)}")])
    if not KEYS & body.keys():
        raise InvalidReport([Problem("", "has no key of a report")])
    notes = Notes(known)
    values = _read_fields(normalize(body, notes), notes)
    notes.scrub_problems()
    _take_out_janitor(values)
    unknown = sum(1 for path in _paths(body) if path not in _STOCK_KNOWN)
    if unknown:
        notes.scrub("unknown", unknown)
    level: Level = "full" if "builders" in body else "basic"
    if unknown or any(key not in body for key in _STOCK_ALWAYS):
        level = "custom"
    install = body.get("installid")
    return Report(
        profile=_profile("stock", level, values, notes, None),
        install=install if isinstance(install, str) and 0 < len(install) <= 200 else None,
        repeated=body.get("buggySSL") is True,
    )


def _take_out_janitor(values: dict[str, object]) -> None:
    """Take out what `JanitorConfigurator` added, which stock counts, and our reporter did until schema 2."""
    values |= without_janitor(*_classes(values))


def _classes(values: Mapping[str, object]) -> tuple[Counts[Name] | None, Counts[Sequence] | None]:
    return (
        cast("Counts[Name] | None", values.get("plugins")), cast("Counts[Sequence] | None", values.get("pipelines"))
    )  # fmt: skip


_KNOWN = {field.path for field in CATALOG} | {"installid", "headcount"}
_STOCK_KNOWN = _KNOWN | _STOCK_ONLY
_ALL = KEYS | {"headcount"}
_KEYS = {section: {key for holder, key, _ in _PLACES if holder == section} for section in sorted(SECTIONS)}


def _paths(body: Mapping[str, object]) -> list[str]:
    """Return the paths of a body, two levels deep in the sections of the catalog."""
    paths = []
    for key, value in body.items():
        if key in SECTIONS and isinstance(value, dict):
            paths += [f"{key}.{inner}" for inner in value]
        elif key not in SECTIONS:
            paths.append(key)
    return paths


def _refuse_unknown(body: Mapping[str, object], notes: Notes) -> None:
    sections = [(body.get(section), keys) for section, keys in _KEYS.items()]
    if body.keys() <= _ALL and all(not isinstance(part, dict) or part.keys() <= keys for part, keys in sections):
        return
    for path in _paths(body):
        if path not in _KNOWN:
            notes.problem(path[:_SHOWN], "is not in the catalog of fields")


def _read_fields(body: Mapping[str, object], notes: Notes) -> dict[str, object]:
    values: dict[str, object] = {}
    for section in SECTIONS:
        if section in body and not isinstance(body[section], dict):
            notes.problem(section, f"must be an object, not {kind_of(body[section])}")
    read_before = notes.vocabulary.words_read
    for section, key, field in _PLACES:
        holder = body.get(section) if section else body
        if isinstance(holder, dict) and key in holder:
            raw = holder[key]
            value = read_before.get((field.path, raw)) if type(raw) is str else None
            values[field.attribute] = _read_field(field, raw, notes) if value is None else value
    return values


def _read_field(field: Field, raw: object, notes: Notes) -> object:
    value = field.form.read(raw, notes, field.path)
    if value is not None and isinstance(raw, str) and field.form.holds(raw, notes.vocabulary):
        notes.vocabulary.remember(field.path, raw, value)
    return value


def _profile(
    sender: Sender, level: Level, values: Mapping[str, object], notes: Notes, vocabulary: str | None
) -> Profile:
    scrubbed = tuple(sorted(notes.scrubbed.items()))
    return Profile(sender, level, vocabulary, scrubbed=scrubbed, **values)  # type: ignore[arg-type]  # by the catalog


def _envelope(raw: object, notes: Notes) -> dict[str, object]:
    if not isinstance(raw, dict):
        found = "it is missing" if raw is None else f"not {kind_of(raw)}"
        notes.problem("headcount", f"must be an object with the keys {', '.join(_ENVELOPE)}: {found}")
        return {}
    schema = raw.get("schema")
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        notes.problem("headcount.schema", "must be a whole number from 1 up")
    if raw.get("level") not in LEVELS:
        notes.problem("headcount.level", f"must be one of {', '.join(LEVELS)}")
    if raw.get("reason") not in REASONS:
        notes.problem("headcount.reason", f"must be one of {', '.join(REASONS)}")
    _match(raw, "report", REPORT_ID, "must be 32 hexadecimal digits", notes)
    _match(raw, "vocabulary", _VOCABULARY, "must be a version such as 2026.11.24", notes)
    every = raw.get("every")
    if every is not None and (not isinstance(every, int) or isinstance(every, bool) or not 1 <= every <= 366):
        notes.problem("headcount.every", "must be a number of days from 1 to 366, or null")
    if _is_known(schema):
        for key in raw:
            if key not in _ENVELOPE:
                notes.problem(f"headcount.{key[:_SHOWN]}", "is not a key of this object")
    return raw


def _is_known(schema: object) -> bool:
    return isinstance(schema, int) and schema <= SCHEMA


def _match(raw: Mapping[str, object], key: str, pattern: re.Pattern[str], what: str, notes: Notes) -> None:
    value = raw.get(key)
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        notes.problem(f"headcount.{key}", what)
