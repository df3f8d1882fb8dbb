"""The questions: a ``.sql`` file for each statement, and the registry that says what each question means."""

from headcount.contract import supported
from headcount.questions._answer import CAVEAT, Answer
from headcount.questions._ask import ask
from headcount.questions._conjuncts import conjunction, conjuncts
from headcount.questions._dictionary import dictionary
from headcount.questions._estimates import interval
from headcount.questions._listing import listing
from headcount.questions._markdown import private_markdown, record_markdown
from headcount.questions._notice_condition import notice_condition
from headcount.questions._parquet import answer_parquet, publication_parquet
from headcount.questions._plugins import Plugin, find_plugin, plugin_names, shown_name, www_names
from headcount.questions._public_tables import PUBLIC_TABLES, RARE, PublicTable
from headcount.questions._publication import NotPublished, Publication, last_day, week_before
from headcount.questions._publish import TooFew, compute
from headcount.questions._query import PARAMETERS, PERIODS, BadQuestion, Query
from headcount.questions._question import BASES, Basis, Breakdown, Cell, Chart, Column, Grain, Question, Table
from headcount.questions._record import NotReleased, Record, quarter_name, quarter_of, record_name
from headcount.questions._recording import compute_record, due_quarter
from headcount.questions._registry import REGISTRY
from headcount.questions._releases import is_released, released
from headcount.questions._removal import LONGEST_REASON, BadRemoval, Removal
from headcount.questions._search import Hit, near, search
from headcount.questions._short_names import classes_of_steps, short_names, short_steps
from headcount.questions._spelling import plain, subjects
from headcount.questions._statements import denominator_statement, statement, statements
from headcount.questions._suggestion import suggestion
from headcount.questions._terms import NoSuchValue
from headcount.questions._windows import FIRST_DAY, alive_since
from headcount.questions.findings import FEW, finding, is_cut, is_past, listed, unnamed

__all__ = [
    "BASES",
    "CAVEAT",
    "FEW",
    "FIRST_DAY",
    "LONGEST_REASON",
    "PARAMETERS",
    "PERIODS",
    "PUBLIC_TABLES",
    "RARE",
    "REGISTRY",
    "Answer",
    "BadQuestion",
    "BadRemoval",
    "Basis",
    "Breakdown",
    "Cell",
    "Chart",
    "Column",
    "Grain",
    "Hit",
    "NoSuchValue",
    "NotPublished",
    "NotReleased",
    "Plugin",
    "PublicTable",
    "Publication",
    "Query",
    "Question",
    "Record",
    "Removal",
    "Table",
    "TooFew",
    "alive_since",
    "answer_parquet",
    "ask",
    "classes_of_steps",
    "compute",
    "compute_record",
    "conjunction",
    "conjuncts",
    "denominator_statement",
    "dictionary",
    "due_quarter",
    "find_plugin",
    "finding",
    "interval",
    "is_cut",
    "is_past",
    "is_released",
    "last_day",
    "listed",
    "listing",
    "near",
    "notice_condition",
    "plain",
    "plugin_names",
    "private_markdown",
    "publication_parquet",
    "quarter_name",
    "quarter_of",
    "record_markdown",
    "record_name",
    "released",
    "search",
    "short_names",
    "short_steps",
    "shown_name",
    "statement",
    "statements",
    "subjects",
    "suggestion",
    "supported",
    "unnamed",
    "week_before",
    "www_names",
]
