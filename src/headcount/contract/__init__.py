"""The contract between the reporter, which sends reports, and the collector, which receives them; both
import it.

It says what a report may hold, how a report is sent, and what arrives in an inbox. Pure: no clock, and no
I/O but for the vocabulary that the package carries; standard library, Python 3.9.
"""

from headcount.contract._arrival import (
    ANONYMOUS,
    DAMAGED,
    EARLIEST,
    LATEST,
    REPEAT,
    REPORT,
    WITH_PROFILE,
    Arrival,
    Batch,
)
from headcount.contract._bands import BANDS, band, worker_release
from headcount.contract._catalog import (
    ACCOMPANIMENTS,
    CATALOG,
    KEYS,
    QUESTIONS,
    SCHEMA,
    Accompaniment,
    Field,
)
from headcount.contract._conditions import NoticeCondition
from headcount.contract._distributions import distribution
from headcount.contract._forms import kernel
from headcount.contract._janitor import JANITOR_STEPS, mark_of_left_janitor, without_janitor
from headcount.contract._levels import at_basic
from headcount.contract._names import CUSTOM, MAX_DEPTH, Name, parse_name
from headcount.contract._notices import (
    LARGEST_NOTICES,
    LONGEST_NOTICE,
    LONGEST_SETTER,
    LONGEST_TERM,
    MOST_NOTICES,
    NOTICE_LINKS,
    NOTICES_PATH,
    Notice,
    concerned,
    read_notices,
    write_notices,
)
from headcount.contract._offered import OFFERED_KINDS, is_base
from headcount.contract._public import choices, public
from headcount.contract._reading import read_report, read_stock
from headcount.contract._releases import Release, parse_release
from headcount.contract._report import InvalidReport, Profile, Report
from headcount.contract._schema import report_schema
from headcount.contract._scrubbing import Scrubbed, scrub
from headcount.contract._series import SERIES_NUMBERS, series_of, supported
from headcount.contract._vocabulary import Vocabulary, of_type, vocabulary
from headcount.contract._wire import (
    INSTALL_ID,
    LARGEST_BODY,
    PATHS,
    PHONE_HOME_PATH,
    REPORT_ID,
    REPORTS_PATH,
    SECRET,
    SECRET_HEADER,
)

__all__ = [
    "ACCOMPANIMENTS",
    "ANONYMOUS",
    "BANDS",
    "CATALOG",
    "CUSTOM",
    "DAMAGED",
    "EARLIEST",
    "INSTALL_ID",
    "JANITOR_STEPS",
    "KEYS",
    "LARGEST_BODY",
    "LARGEST_NOTICES",
    "LATEST",
    "LONGEST_NOTICE",
    "LONGEST_SETTER",
    "LONGEST_TERM",
    "MAX_DEPTH",
    "MOST_NOTICES",
    "NOTICES_PATH",
    "NOTICE_LINKS",
    "OFFERED_KINDS",
    "PATHS",
    "PHONE_HOME_PATH",
    "QUESTIONS",
    "REPEAT",
    "REPORT",
    "REPORTS_PATH",
    "REPORT_ID",
    "SCHEMA",
    "SECRET",
    "SECRET_HEADER",
    "SERIES_NUMBERS",
    "WITH_PROFILE",
    "Accompaniment",
    "Arrival",
    "Batch",
    "Field",
    "InvalidReport",
    "Name",
    "Notice",
    "NoticeCondition",
    "Profile",
    "Release",
    "Report",
    "Scrubbed",
    "Vocabulary",
    "at_basic",
    "band",
    "choices",
    "concerned",
    "distribution",
    "is_base",
    "kernel",
    "mark_of_left_janitor",
    "of_type",
    "parse_name",
    "parse_release",
    "public",
    "read_notices",
    "read_report",
    "read_stock",
    "report_schema",
    "scrub",
    "series_of",
    "supported",
    "vocabulary",
    "without_janitor",
    "worker_release",
    "write_notices",
]
