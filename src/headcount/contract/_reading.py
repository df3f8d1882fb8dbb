"""Reading a body into a `Report`: strictly from our own reporter, leniently from stock Buildbot.

Both go by the catalog, and both scrub; they differ in what becomes of a value of a wrong type. Our reporter is told every
problem and nothing is kept; from stock the field is dropped and counted, since stock can neither learn nor retry.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from headcount.contract._catalog import ACCOMPANIMENTS, CATALOG, LEVELS, SCHEMA, SECTIONS, Field, Level
from headcount.contract._distributions import DISTRIBUTIONS, stock_distribution
from headcount.contract._forms import Notes, Problem, kernel, kind_of
from headcount.contract._report import REASONS, InvalidReport, Profile, Reason, Report, Sender
from headcount.contract._vocabulary import Vocabulary, vocabulary
from headcount.contract._wire import INSTALL_ID, REPORT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENVELOPE = tuple(one.path.partition(".")[2] for one in ACCOMPANIMENTS if one.path.startswith("headcount."))
_VOCABULARY = re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}", re.ASCII)
_PLACES = [
    (*field.path.rpartition(".")[::2], field) for field in CATALOG
]  # its section or none, its key there, the field
_TOP = {field.path.partition(".")[0] for field in CATALOG} | {"installid"}
_SHOWN = 60  # characters of an unknown key that a problem repeats to its sender

# What stock sends beside the catalog, and what is not kept: `platform.platform` gives the kernel of Linux.
_STOCK_ONLY = {"platform.platform", "platform.processor", "buggySSL"}
# A report without one of these went through an administrator's function. `www_plugins` may be absent in 0.9.0.
_STOCK_ALWAYS = ("versions", "platform", "plugins", "db", "mq")


def read_report(body: object, known: Vocabulary) -> Report:
    """Read what our reporter sent.

    Raises `InvalidReport` with every problem of the body. A report of a newer schema may hold fields that are not in the
    catalog: they are left out.
    """
    if not isinstance(body, dict):
        raise InvalidReport([Problem("", f"a report is an object, not {kind_of(body)}")])
    notes = Notes(known)
    envelope = _envelope(body.get("headcount"), notes)
    if envelope.get("schema") == SCHEMA:
        _refuse_unknown(body, notes)
    install = body.get("installid")
    if install is not None and not (isinstance(install, str) and INSTALL_ID.fullmatch(install)):
        notes.problem("installid", "must be 40 hexadecimal digits")
    values = _read_fields(body, notes)
    if problems := notes.problems():
        raise InvalidReport([*problems])
    level = cast("Level", envelope["level"])
    return Report(
        profile=_profile("headcount", level, values, notes, cast("str", envelope["vocabulary"])),
        install=cast("str | None", install),
        id=cast("str", envelope["report"]),
        reason=cast("Reason", envelope["reason"]),
        every=cast("int | None", envelope.get("every")),
    )


def read_stock(body: object, known: Vocabulary) -> Report:
    """Read what any release of stock Buildbot sends.

    Raises `InvalidReport` where the body is no object, or has no key of a report.
    """
    if not isinstance(body, dict):
        raise InvalidReport([Problem("", f"a report is an object, not {kind_of(body)}")])
    if not _TOP & body.keys():
        raise InvalidReport([Problem("", "has no key of a report")])
    notes = Notes(known)
    values = _read_fields(_modern(body, notes), notes)
    notes.scrub_problems()
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


_KNOWN = {field.path for field in CATALOG} | {"installid", "headcount"}
_STOCK_KNOWN = _KNOWN | _STOCK_ONLY
_ALL_TOP = _TOP | {"headcount"}
_KEYS = {section: {key for holder, key, _ in _PLACES if holder == section} for section in sorted(SECTIONS)}


def _paths(body: Mapping[str, object]) -> list[str]:
    """The paths of a body, two levels deep where the catalog is."""
    paths = []
    for key, value in body.items():
        if key in SECTIONS and isinstance(value, dict):
            paths += [f"{key}.{inner}" for inner in value]
        elif key not in SECTIONS:
            paths.append(key)
    return paths


def _refuse_unknown(body: Mapping[str, object], notes: Notes) -> None:
    sections = [(body.get(section), keys) for section, keys in _KEYS.items()]
    if body.keys() <= _ALL_TOP and all(not isinstance(part, dict) or part.keys() <= keys for part, keys in sections):
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
    if schema == SCHEMA:
        for key in raw:
            if key not in _ENVELOPE:
                notes.problem(f"headcount.{key[:_SHOWN]}", "is not a key of this object")
    return raw


def _match(raw: Mapping[str, object], key: str, pattern: re.Pattern[str], what: str, notes: Notes) -> None:
    value = raw.get(key)
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        notes.problem(f"headcount.{key}", what)


def _modern(body: Mapping[str, object], notes: Notes) -> dict[str, object]:
    """A stock body with its platform and database written as our reporter writes them; what is cut away is noted."""
    modern = dict(body)
    platform = body.get("platform")
    if isinstance(platform, dict):
        modern["platform"] = _modern_platform(platform, notes)
    db = body.get("db")
    if isinstance(db, str):
        modern["db"] = db.partition("+")[0]
    return modern


_KERNELS = {
    "Linux": ("platform", re.compile(r"Linux-(.*)", re.DOTALL)),
    "Darwin": ("version", re.compile(r"Darwin Kernel Version (.*)", re.DOTALL)),
    "Windows": ("version", re.compile(r"(.*)", re.DOTALL)),
    "FreeBSD": ("version", re.compile(r"FreeBSD (.*)", re.DOTALL)),
    "OpenBSD": ("platform", re.compile(r"OpenBSD-(.*)", re.DOTALL)),
    "NetBSD": ("platform", re.compile(r"NetBSD-(.*)", re.DOTALL)),
}


def _modern_platform(platform: Mapping[str, object], notes: Notes) -> dict[str, object]:
    modern = dict(platform)
    system = platform.get("system")
    distro = platform.get("distro")
    if system is None and isinstance(distro, (list, tuple)) and any(distro):
        system = modern["system"] = "Linux"  # 0.9.0 named no system; its probe of distributions knew Linux alone
    modern.pop("version", None)
    key, pattern = _KERNELS.get(system, ("", None)) if isinstance(system, str) else ("", None)
    raw = platform.get(key)
    match = pattern.fullmatch(raw) if pattern is not None and isinstance(raw, str) else None
    if match is not None:
        number = kernel(match[1])
        if number is not None:
            modern["version"] = number
    if isinstance(raw, str) and raw and "version" not in modern:
        notes.scrub("platform.version")
    if "distro" in modern:
        text, more = stock_distribution(distro, system if isinstance(system, str) else None)
        if text is None:
            del modern["distro"]
        else:
            modern["distro"] = text
        if more:
            notes.scrub("platform.distro")
    return modern


_FIELDS = {field.path: field for field in CATALOG}


def is_public(path: str, text: str) -> bool:
    """Whether a text may stand in the field at ``path`` as it is: it is published, or a version.

    For a field that holds names (classes, plugins) it is one of them.
    """
    return _FIELDS[path].form.holds(text, vocabulary())


def public_words() -> frozenset[str]:
    """The single words, in lower case, of which all public names and forms consist: such as ``git`` and ``linux``."""
    known = vocabulary()
    texts = {*known.kinds, *known.moved, *known.www, *DISTRIBUTIONS, *_TOP, *SECTIONS}
    for field in CATALOG:
        texts.update((*getattr(field.form, "choices", ()), *getattr(field.form, "folded", ()), *field.path.split(".")))
    return frozenset(word for text in texts for word in re.split(r"[^0-9a-z]+", text.lower()) if word)


def public(path: str, raw: object) -> bool | str | None:
    """A single value in the public form of the field at ``path``, as a report holds it; None where it has none.

    For the fields that hold a word, a version or a flag: the reporter says these by it, so they cannot hold anything else.
    """
    value = _FIELDS[path].form.read(raw, Notes(vocabulary()), path)
    return value if value is None or isinstance(value, (bool, str)) else str(value)
