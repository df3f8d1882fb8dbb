"""What a data directory holds, in words: for the privacy page, and for whoever adds something to it."""

from __future__ import annotations

from typing import NamedTuple

from headcount.server.data.question_log import ASKED_DAYS
from headcount.warehouse import REPORT_DAYS


class Content(NamedTuple):
    """What a file or directory of the data directory holds, or a part of it, and for how long."""

    where: str
    what: str
    how_long: str


def contents(retention: int, warehouse: str, *, shared: bool) -> list[Content]:
    """Return all that is held of reports and of who asks about them.

    ``retention``: for how many days sightings are held; ``warehouse``: where its data lie; ``shared``: whether that is
    ClickHouse, where whole months go.
    """
    held = f"{retention} days and up to a month more" if shared else f"{retention} days"
    as_long = f"as long as a report under the pseudonym is held, {held} at most after the last"
    return [
        Content(
            warehouse,
            "for each pseudonym and day, which configuration was reported, in the fields above, and the time of the day's "
            "last report",
            f"{held}, and longer by as long as the collector was off, or its clock wrong; after that only counts of days, "
            "without installations",
        ),
        Content(
            warehouse,
            "for each pseudonym with a secret, the one of the same id without it, when it came first, and whether the two "
            "are one installation, so that it is counted once",
            as_long,
        ),
        Content(
            warehouse,
            "which pseudonyms reported before the oldest day that is held, so that none of them becomes new",
            as_long,
        ),
        Content(
            warehouse,
            "of a day on which far more came than was to be expected, or from one block of addresses, which pseudonyms did, "
            "and on which days they were seen again, so that no flood of made-up ones is counted",
            as_long,
        ),
        Content(
            warehouse,
            "for each day, which configurations were reported without an install id",
            held,
        ),
        Content(
            warehouse,
            "what was reported at a time that the collector's clock had not reached, with the pseudonym, set apart",
            held,
        ),
        Content(
            warehouse,
            "a keyed hash of each report's id, to know it when it is sent again",
            f"{REPORT_DAYS} days",
        ),
        Content(
            warehouse,
            "of what was thrown away, the day, the kind of trouble, and a keyed hash of it, so that it is counted once",
            held,
        ),
        Content(
            warehouse,
            "which pseudonyms are in the last tables that were published, each with its configuration then, so that no "
            "change of few is published",
            "until the next tables are computed",
        ),
        Content(
            warehouse,
            "for each erasure, the number of its receipt and two times",
            "as long as the collector runs",
        ),
        Content(
            warehouse,
            "the pseudonym of who was erased, and when, as in tombstones; see there",
            "as long as the collector runs",
        ),
        Content("inbox", "reports on their way into the warehouse, scrubbed and under pseudonyms", "until they are in"),
        Content(
            "copies",
            "what is on its way into a backup or an export of the operator's",
            "until it is copied; where that was cut off, until the next start or erasure",
        ),
        Content(
            "restored",
            "a backup on its way to the place of the warehouse",
            "until it is there; where that was cut off, until the next start",
        ),
        Content(
            "tombstones",
            "the pseudonym of who was erased, and when, so that nothing comes back from a backup or an import",
            "as long as the collector runs",
        ),
        Content(
            "publications",
            "the tables of each week, as anybody saw them: perturbed counts, without installations",
            "as long as the collector runs, since they are published; in the warehouse and in backups too",
        ),
        Content(
            "records",
            "what maintainers released of what is to be dropped, as anybody saw it: perturbed counts, without installations",
            "as long as the collector runs, since they are published; in the warehouse and in backups too",
        ),
        Content(
            "tokens.json",
            "for each maintainer's token, the name that the operator gave it, the day, and a hash of it",
            "until it is revoked; in backups too",
        ),
        Content(
            "next-release.json",
            "what maintainers think of removing in the next release: conditions, each with a line of text; nothing of "
            "installations",
            "until they take it out; in backups too",
        ),
        Content(
            "notices.json",
            "what maintainers tell masters of a certain configuration, who set it and when, as anybody sees it; nothing of "
            "installations",
            "until they publish others; in backups too",
        ),
        Content(
            "asked",
            "what maintainers asked, when, and with which token or account, of which the provider's own id stands here and "
            "nothing else; of installations nothing but what they asked for",
            f"{ASKED_DAYS} days",
        ),
        Content(
            "clock",
            "what is known of the collector's clock: when it was looked at last, and when it was wrong",
            "as long as the collector runs",
        ),
        Content(
            "warehouse.url",
            "where the warehouse is, where that is not a file here; no password",
            "as long as the collector runs",
        ),
        Content(
            "SIMULATED",
            "that reports were made up by a simulation, and whether others are among them",
            "as long as the collector runs; in backups too",
        ),
        Content("pseudonym.key", "the key of the pseudonyms", "until the operator makes another; not in backups"),
        Content(
            "import.json", "how far a file of old reports is read, by a keyed hash of it", "until it is read to its end"
        ),
    ]
