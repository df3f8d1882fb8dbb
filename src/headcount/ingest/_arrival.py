"""From a report, or a body that is thrown away, to the arrival that waits in an inbox."""

from __future__ import annotations

from typing import NamedTuple

from headcount.contract import ANONYMOUS, REPEAT, REPORT, SECRET, SECRET_HEADER, Arrival, InvalidReport, Report
from headcount.ingest._pseudonym import Pseudonymizer


class Ids(NamedTuple):
    """What a report says that no other of its installation's does, and which installation that is, as sent."""

    install: str | None
    report: str | None


def arrival(
    report: Report, install: str | None, received: int, pseudonymizer: Pseudonymizer, secret: str | None = None
) -> Arrival:
    """Put a report of the installation ``install``, received at a Unix time, under pseudonyms.

    ``secret``: what came with it, 64 hexadecimal digits.
    """
    content = report.profile.canonical()
    said = Arrival(0, 0, pseudonymizer.profile(content), content, what=REPEAT if report.repeated else REPORT)
    return again(said, Ids(install, report.id), received, pseudonymizer, secret)


def again(said: Arrival, ids: Ids, received: int, pseudonymizer: Pseudonymizer, secret: str | None = None) -> Arrival:
    """`arrival` of a report that says what another one ``said``, under ids of its own."""
    if ids.install is None:
        return Arrival(received, 0, said.profile, said.content, what=ANONYMOUS)
    stock = pseudonymizer.install(ids.install)
    own = stock if secret is None else pseudonymizer.install(ids.install, secret)
    number = 0 if ids.report is None else pseudonymizer.report(ids.report, own)
    return Arrival(received, own, said.profile, said.content, 0 if secret is None else stock, number, said.what)


def drop(kind: str, received: int, body: bytes, pseudonymizer: Pseudonymizer) -> Arrival:
    """The note that a body of some ``kind`` was thrown away: equal bodies make equal notes."""
    return Arrival(received, pseudonymizer.body(body), 0, b"", what=kind)


def check_secret(text: str | None) -> str | None:
    """The secret that came in the header, or None where none did. Raises `InvalidReport`."""
    if text is not None and not SECRET.fullmatch(text):
        raise InvalidReport([(SECRET_HEADER, "must be 64 hexadecimal digits in lower case")])
    return text
