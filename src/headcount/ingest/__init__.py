"""HTTP in: read, scrub, put under a pseudonym, and make durable. Knows no warehouse."""

from headcount.ingest._app import PATHS, PHONE_HOME, REPORTS, Ingest, arrival
from headcount.ingest._bodies import MAX_BODY, NotJson, TooLarge
from headcount.ingest._inbox import Arrival, Inbox, Waiting
from headcount.ingest._pseudonym import Pseudonymizer, load_key
from headcount.ingest._writer import Busy, Writer

__all__ = [
    "MAX_BODY",
    "PATHS",
    "PHONE_HOME",
    "REPORTS",
    "Arrival",
    "Busy",
    "Inbox",
    "Ingest",
    "NotJson",
    "Pseudonymizer",
    "TooLarge",
    "Waiting",
    "Writer",
    "arrival",
    "load_key",
]
