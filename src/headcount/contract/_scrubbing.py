"""Scrubbing a report before it leaves: a field in which anything is not public is left out whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from headcount.contract._catalog import CATALOG, KEYS, SECTIONS, Field
from headcount.contract._forms import Notes
from headcount.contract._wire import INSTALL_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headcount.contract._vocabulary import Vocabulary

INSTALL = "installid"


class Scrubbed(NamedTuple):
    """A scrubbed report.

    ``report``: its fields, each in public form and in an order that only its values decide. ``left_out``:
    the paths of the fields that were not public. ``unknown``: how many keys the catalog does not have.
    """

    report: dict[str, object]
    left_out: tuple[str, ...]
    unknown: int


def scrub(body: Mapping[str, object], known: Vocabulary) -> Scrubbed:
    """Return what is public of the plain JSON object ``body``.

    A field is left out where a value in it has a wrong type, is not published, or would be cut. The
    collector therefore finds nothing to scrub in the report.
    """
    report: dict[str, object] = {}
    left_out = [section for section in sorted(SECTIONS) if not isinstance(body.get(section, {}), dict)]
    install = body.get(INSTALL)
    if isinstance(install, str) and INSTALL_ID.fullmatch(install):
        report[INSTALL] = install
    elif INSTALL in body:
        left_out.append(INSTALL)
    for field in CATALOG:
        section, key, holder = *_place(field), body
        if section:
            inner = body.get(section)
            holder = inner if isinstance(inner, dict) else {}
        if key not in holder:
            continue
        value = _public(field, holder[key], known)
        if value is None:
            left_out.append(field.path)
        elif section:
            of_section = report.setdefault(section, {})
            assert isinstance(of_section, dict)
            of_section[key] = value
        else:
            report[key] = value
    return Scrubbed(report, tuple(left_out), _unknown(body))


def _place(field: Field) -> tuple[str, str]:
    """Return the section of a field, empty where it has none, and its key there."""
    section, _, key = field.path.rpartition(".")
    return section, key


def _public(field: Field, raw: object, known: Vocabulary) -> object | None:
    """Return a value as a report holds it; None where anything in it is not public."""
    if isinstance(raw, str) and not field.form.holds(raw, known):
        return None
    notes = Notes(known)
    value = field.form.read(raw, notes, field.path)
    if value is None or notes.scrubbed or notes.problems():
        return None
    return field.form.write(value)


_OF_SECTIONS = {section: {key for of, key in map(_place, CATALOG) if of == section} for section in SECTIONS}


def _unknown(body: Mapping[str, object]) -> int:
    """Return how many keys of a body, and of its sections, the catalog does not have."""
    count = len(body.keys() - KEYS)
    for section, keys in _OF_SECTIONS.items():
        inner = body.get(section)
        count += len(inner.keys() - keys) if isinstance(inner, dict) else 0
    return count
