"""HTTP in: read, scrub, put under a pseudonym, and make durable. Knows no socket and no warehouse."""

from headcount.ingest._arrival import arrival, drop
from headcount.ingest._exchanges import Exchange
from headcount.ingest._files import HistoryFiles, UnreadableFile
from headcount.ingest._gate import Gate
from headcount.ingest._inbox import Inbox
from headcount.ingest._inbox_tables import NotInbox
from headcount.ingest._ingest import Ingest
from headcount.ingest._messages import Head, Reply, header
from headcount.ingest._meters import Meters
from headcount.ingest._pseudonym import Pseudonymizer, load_key, replace_key
from headcount.ingest._quotas import Quotas
from headcount.ingest._writer import Writer

__all__ = [
    "Exchange",
    "Gate",
    "Head",
    "HistoryFiles",
    "Inbox",
    "Ingest",
    "Meters",
    "NotInbox",
    "Pseudonymizer",
    "Quotas",
    "Reply",
    "UnreadableFile",
    "Writer",
    "arrival",
    "drop",
    "header",
    "load_key",
    "replace_key",
]
