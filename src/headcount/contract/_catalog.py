"""The catalog: every field that may be collected, and why. The single source of what is collected.

The reporter collects by it, ingest reads by it, and the documentation is generated from it. The fields are
those of the announcement of ``BuildbotNetUsageData`` (2016), and at ``full`` a few more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from headcount.contract import _bands as bands
from headcount.contract import _collections as collections
from headcount.contract import _forms as forms

Level = Literal["basic", "full", "custom"]
"""How much a report holds. ``custom``: what an administrator's function returned for a full one."""

LEVELS: tuple[Level, ...] = get_args(Level)

SCHEMA = 2
"""The newest schema of reports that this code knows."""

QUESTIONS = frozenset(
    {"installs", "versions", "upgrades", "plugins", "combinations", "customization", "environments", "pipelines", "sizes",
     "drop", "coverage"}
)  # fmt: skip
"""The names of the questions that fields may serve."""


@dataclass(frozen=True)
class Field:
    """A field that may be collected.

    ``path``: its place in a report; ``attribute``: its place in a `Profile`; ``form``: the values that it
    may hold; ``level``: the lowest level that includes it; ``why``: the decision that needs it;
    ``questions``: the questions that use it; ``since``: the first schema that has it.
    """

    path: str
    attribute: str
    form: forms.Form[object]
    level: Level
    why: str
    questions: tuple[str, ...]
    since: int = 1


_MACHINES = forms.choice(
    "x86_64", "i686", "aarch64", "armv6l", "armv7l", "loongarch64", "mips64", "ppc64", "ppc64le", "riscv64", "s390x",
    "sparc64",
    AMD64="x86_64", amd64="x86_64", x64="x86_64", x86="i686", i386="i686", i486="i686", i586="i686", i86pc="x86_64",
    arm64="aarch64", ARM64="aarch64", evbarm="aarch64", armv8l="aarch64", powerpc64="ppc64", powerpc64le="ppc64le",
    sun4v="sparc64",
)  # fmt: skip

_DRIVERS = forms.choice(
    "pysqlite",
    "pysqlcipher",
    "aiosqlite",
    "psycopg2",
    "psycopg2cffi",
    "psycopg",
    "asyncpg",
    "pg8000",
    "mysqldb",
    "pymysql",
    "mysqlconnector",
    "mariadbconnector",
    "cymysql",
    "aiomysql",
    "asyncmy",
    "oursql",
    "pyodbc",
    "pymssql",
    "oracledb",
    "cx_oracle",
)  # fmt: skip
_PROTOCOLS = forms.choice("pb", "msgpack", "null", msgpack_experimental_v7="msgpack")

CATALOG: tuple[Field, ...] = (
    Field("versions.Buildbot", "buildbot", forms.ReleaseForm(known=True), "basic",
          "which releases are in use, and how fast people upgrade", ("versions", "upgrades", "drop")),
    Field("versions.Python", "python", forms.ReleaseForm(), "basic",
          "which Python Buildbot must still run on", ("versions", "drop")),
    Field("versions.Twisted", "twisted", forms.ReleaseForm(), "basic",
          "which Twisted Buildbot must still run with", ("versions", "drop")),
    Field("versions.SQLAlchemy", "sqlalchemy", forms.ReleaseForm(), "full",
          "which SQLAlchemy Buildbot must still run with", ("versions", "drop")),
    Field("platform.system", "system",
          forms.choice("Linux", "Darwin", "Windows", "FreeBSD", "OpenBSD", "NetBSD", "DragonFly", "SunOS", "AIX", "Java"),
          "basic", "which operating systems masters run on", ("environments", "drop")),
    Field("platform.machine", "machine", _MACHINES, "basic", "which processors masters run on", ("environments",)),
    Field("platform.distro", "distro", forms.DistributionForm(), "basic",
          "which distributions, and so which packages, masters run on", ("environments", "drop")),
    Field("platform.version", "kernel", forms.NumbersForm("the first two numbers of the kernel's release"), "basic",
          "how old the systems are that masters run on", ("environments",)),
    Field("platform.python_implementation", "implementation",
          forms.choice("CPython", "PyPy", "Jython", "IronPython", "GraalVM"), "basic",
          "whether other Pythons than CPython are used", ("environments", "drop")),
    Field("db", "db",
          forms.choice("sqlite", "mysql", "mariadb", "postgresql", "oracle", "mssql", "cockroachdb", postgres="postgresql"),
          "basic", "which databases must be supported", ("environments", "drop")),
    Field("mq", "mq", forms.choice("simple", "wamp"), "basic", "which message queues must be supported",
          ("environments", "drop")),
    Field("plugins", "plugins", collections.PluginsForm(), "basic",
          "which workers, builders, steps, schedulers, change sources, services and reporters are used, together, and how "
          "much they are customized; at full also secrets providers, authentication, report generators and machines",
          ("plugins", "combinations", "customization", "sizes", "drop")),
    Field("www_plugins", "www",
          collections.EntryPointsForm("public names of www plugins", lambda known: known.www),
          "basic", "which plugins of the web interface are used",
          ("plugins", "combinations")),
    Field("builders", "pipelines", collections.PipelinesForm(), "full", "how steps are put together", ("pipelines",)),
    Field("multi_master", "multi_master", forms.FlagForm(), "full",
          "how many installations share a database, and are one to their users", ("installs", "coverage")),
    Field("build", "build", forms.choice("release", "pre-release", "development", "local"), "full",
          "whether what is removed is missed by those who run a fork or a build of their own, who will not follow a release",
          ("environments", "drop"), since=2),
    Field("workers", "workers", bands.releases_in_bands(), "full",
          "which releases of buildbot-worker a master must still talk to: those of 0.8 cannot talk to a newer Twisted",
          ("versions", "drop"), since=2),
    Field("db_driver", "driver", _DRIVERS, "full",
          "which drivers must work with the SQLAlchemy that Buildbot requires next", ("environments", "drop"), since=2),
    Field("db_server", "server",
          forms.NumbersForm("the first number of the database server's version, or the first two", fewest=1), "full",
          "which servers must be tested, and which SQLAlchemy still supports", ("environments", "drop"), since=2),
    Field("hooks", "hooks",
          collections.EntryPointsForm("public names of change hooks", lambda known: known.hooks), "full",
          "which change hooks may be removed with the version control that they serve", ("environments", "drop"), since=2),
    Field("protocols", "protocols", collections.WordsForm(_PROTOCOLS), "full",
          "whether workers use msgpack, or both protocols must be kept", ("environments", "drop"), since=2),
    Field("configurators", "configurators", collections.PluginsForm(), "full",
          "who uses configurators, and which; the Janitor is seen by nothing else", ("plugins", "drop"), since=2),
    Field("factories", "factories", collections.PluginsForm(), "full",
          "whether the factories for one language, Distutils first, may be removed", ("plugins", "drop"), since=2),
    Field("variety", "variety", bands.bases_in_bands(), "full",
          "whether a class is customized once or again and again, and so what its replacement must offer",
          ("customization",), since=2),
)  # fmt: skip
"""Every field, in the order of the documentation."""


@dataclass(frozen=True)
class Accompaniment:
    """A value by which a report describes itself: its ``path``, its ``form`` in words, and ``why`` it is there."""

    path: str
    form: str
    why: str


ACCOMPANIMENTS: tuple[Accompaniment, ...] = (
    Accompaniment("installid", "40 hexadecimal digits",
                  "so that an installation that reports twice is counted once; the collector keeps a keyed hash of it"),
    Accompaniment("headcount.schema", "a whole number", "by which catalog the report is to be read"),
    Accompaniment("headcount.vocabulary", "a date with dots", "which published names the reporter knew"),
    Accompaniment("headcount.report", "32 hexadecimal digits, made anew for each report",
                  "so that a report that is sent again is not a second one"),
    Accompaniment("headcount.level", "basic, full or custom", "what the report may be expected to hold"),
    Accompaniment("headcount.reason", "start, reconfig or periodic", "how often masters start, and are changed"),
    Accompaniment("headcount.every", "a number of days, or null",
                  "from whom a report is expected, so that silence means something"),
)  # fmt: skip
"""The values that our reporter adds to the fields; all but ``installid`` after the administrator's function."""

KEYS = frozenset(field.path.partition(".")[0] for field in CATALOG) | {"installid"}
"""The keys of a report but for ``headcount``."""

SECTIONS = frozenset(field.path.partition(".")[0] for field in CATALOG if "." in field.path)
"""The keys of a report that hold an object of fields."""
