"""From a report, or from a body that is thrown away, to the arrival that waits in an inbox."""

from __future__ import annotations

from typing import NamedTuple

from headcount.contract import ANONYMOUS, REPEAT, REPORT, SECRET, SECRET_HEADER, Arrival, InvalidReport, Report
from headcount.ingest._pseudonym import Pseudonymizer


class Ids(NamedTuple):
    """The ids in a report, as sent: of its installation, and of the report itself. None where it has none."""

    install: str | None
    report: str | None


def arrival(
    report: Report, install: str | None, received: int, pseudonymizer: Pseudonymizer, secret: str | None = None
) -> Arrival:
    """Return a report of the installation ``install``, received at a Unix time, under pseudonyms.

    ``secret``: the one that came with it, 64 hexadecimal digits.
    """
    content = report.profile.canonical()
    nameless = Arrival(0, 0, pseudonymizer.profile(content), content, what=REPEAT if report.repeated else REPORT)
    return with_ids(nameless, Ids(install, report.id), received, pseudonymizer, secret)


def with_ids(
    other: Arrival, ids: Ids, received: int, pseudonymizer: Pseudonymizer, secret: str | None = None
) -> Arrival:
    """Return the `arrival` of a report that has the profile and kind of an ``other`` one, and ids of its own."""
    if ids.install is None:
        return Arrival(received, 0, other.profile, other.content, what=ANONYMOUS)
    stock = pseudonymizer.install(ids.install)
    own = stock if secret is None else pseudonymizer.install(ids.install, secret)
    number = 0 if ids.report is None else pseudonymizer.report(ids.report, own)
    return Arrival(received, own, other.profile, other.content, 0 if secret is None else stock, number, other.what)


def drop(kind: str, received: int, body: bytes, pseudonymizer: Pseudonymizer) -> Arrival:
    """Return the note that a body of some ``kind`` was thrown away. Equal bodies make equal notes."""
    return Arrival(received, pseudonymizer.body(body), 0, b"", what=kind)


def check_secret(text: str | None) -> str | None:
    """Return the secret from the header, None where there was no header. Raises `InvalidReport` for any other text."""
    if text is not None and not SECRET.fullmatch(text):
        raise InvalidReport([(SECRET_HEADER, "must be 64 hexadecimal digits in lower case")])
    return text
