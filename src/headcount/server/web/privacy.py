"""The privacy page of this collector, made from the catalog and from the list of what is kept."""

from __future__ import annotations

from headcount import dashboard
from headcount.contract import ACCOMPANIMENTS, CATALOG
from headcount.server.data.question_log import ASKED_DAYS
from headcount.warehouse import REPORT_DAYS


def privacy_page(contact: str, retention: int) -> str:
    """The page as HTML; ``contact`` is whom it names as the operator, ``retention`` for how many days sightings are held."""
    collected = [dashboard.Collected(field.path, field.level, field.form.label, field.why) for field in CATALOG]
    collected += [dashboard.Collected(one.path, "every", one.form, one.why) for one in ACCOMPANIMENTS]
    return dashboard.privacy_page(collected, kept(retention), contact)


def kept(retention: int) -> list[dashboard.Kept]:
    """All that is kept, by its file or directory in the data directory."""
    held = f"{retention} days"
    as_long = f"as long as a report under the pseudonym is held, {held} at most after the last"
    return [
        dashboard.Kept(
            "warehouse.duckdb",
            "for each pseudonym and day, which configuration was reported, in the fields above, and the time of the day's "
            "last report",
            f"{held}; after that only counts of days, without installations",
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "for each pseudonym with a secret, the one that the installation had without it, so that it is counted once",
            as_long,
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "which pseudonyms reported before the oldest day that is held, so that none of them becomes new",
            as_long,
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "of a day on which far more came than was to be expected, which pseudonyms did, and on which days they were "
            "seen again, so that no flood of made-up ones is counted",
            as_long,
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "for each day, which configurations were reported without an install id",
            held,
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "what was reported at a time that the collector's clock had not reached, with the pseudonym, set apart",
            held,
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "a keyed hash of each report's id, to know it when it is sent again",
            f"{REPORT_DAYS} days",
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "of what was thrown away, the day, the kind of trouble, and a keyed hash of it, so that it is counted once",
            held,
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "which pseudonyms are in the last tables that were published, each with its configuration then, so that no "
            "change of few is published",
            "until the next tables are computed",
        ),
        dashboard.Kept(
            "warehouse.duckdb",
            "for each erasure, the number of its receipt and two times",
            "as long as the collector runs",
        ),
        dashboard.Kept(
            "warehouse.duckdb", "the pseudonym of who was erased, and when, as in tombstones; see there", held
        ),
        dashboard.Kept(
            "inbox", "reports on their way into the warehouse, scrubbed and under pseudonyms", "until they are in"
        ),
        dashboard.Kept(
            "tombstones",
            "the pseudonym of who was erased, and when, so that nothing comes back from a backup or an import",
            "as long as the collector runs",
        ),
        dashboard.Kept(
            "publications",
            "the tables of each week, as anybody saw them: perturbed counts, without installations",
            "as long as the collector runs, since they are published; in backups too",
        ),
        dashboard.Kept(
            "tokens.json",
            "for each maintainer's token, the name that the operator gave it, the day, and a hash of it",
            "until it is revoked; in backups too",
        ),
        dashboard.Kept(
            "asked.log",
            "what maintainers asked, when, and with which token; of installations nothing but what they asked for",
            f"{ASKED_DAYS} days",
        ),
        dashboard.Kept(
            "pseudonym.key", "the key of the pseudonyms", "until the operator makes another; not in backups"
        ),
        dashboard.Kept(
            "import.json", "how far a file of old reports is read, by a keyed hash of it", "until it is read to its end"
        ),
    ]
