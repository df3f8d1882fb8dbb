"""An installation: the traits that are drawn once for its whole life, and what it runs on a given day."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from headcount.fleet._history import BUILDBOT, PYTHON, Version, newest, patched_python, too_new
from headcount.fleet.simulation.databases import Database, draw_database
from headcount.fleet.simulation.details import draw_details
from headcount.fleet.simulation.fitted import draw_fitted
from headcount.fleet.simulation.habits import Habits, draw_habits
from headcount.fleet.simulation.identity import Identity, draw_identity
from headcount.fleet.simulation.platform import PRIVATE_LINUX, Platform
from headcount.fleet.simulation.shop import Shop, draw_shop
from headcount.fleet.simulation.systems import FAMILIES, system_on

Level = Literal["basic", "full", "custom"]

_DROPS_STOCK = ("db", "mq", "platform", "plugins", "versions")
_DROPS = (
    *_DROPS_STOCK,
    "builders",
    "www_plugins",
    "multi_master",
    "platform.distro",
    "platform.version",
    "versions.Python",
)
_ODD_VERSIONS = ("2024.05.01", "latest", "0.0.0", "acme-main", "{}.dev3", "{}-dev3", "{}+acme-projectX-dirty")
_LOSES_OURS = 30  # of 256 installations lose our reporter now and then
_LOST = 150  # days, and as many until they lose it again
_READ_ONLY = 13  # of 256 installations cannot write in their directory


@dataclass(frozen=True)
class Installation:
    """The traits of an installation. Days are ordinals, spans are in days.

    ``born``, ``gone``: its first day, and the day after its last; ``pace``: starts a year; ``lag``: from a
    release's day to its upgrade; ``stuck``: it never upgrades; ``below``: it stays under this release;
    ``renewal``: between two upgrades of its system; ``revises``: between two changes of its configuration;
    ``ours_from``: the release with which it adopts our reporter; ``every``: that one's period; ``drops``:
    the paths that its function drops from our reporter's report, ``drops_stock`` from stock's;
    ``anonymous``: the function drops the install id; ``adds_key``: it adds a key; ``odd_version``: the
    version of Buildbot that it reports by stock, with ``{}`` for the release; ``driver``: the suffix of the
    database's type in stock's reports, from 3.0 on; ``ahead``: it runs a version after the newest release;
    ``identity``, ``moves``: the kind of its id, and the day on which it moves, if it does; ``like``: the
    id of the installation whose life and shop it has, its own but in an organisation.
    """

    install: str
    born: int
    gone: int
    pace: float
    lag: int
    stuck: bool
    below: Version
    renewal: int
    system_lag: int
    own_python: bool
    revises: int
    ours_from: Version | None
    every: int | None
    level: Level
    drops: tuple[str, ...]
    drops_stock: tuple[str, ...]
    anonymous: bool
    odd_version: str | None
    adds_key: bool
    family: str
    private_linux: bool
    machine: str
    implementation: str
    host: str | None
    db: str
    driver: str
    ahead: bool
    mq: str
    multi_master: bool
    shop: Shop
    identity: Identity
    moves: int
    habits: Habits
    database: Database
    like: str

    @property
    def secret(self) -> str | None:
        """Return the secret that our reporter sends beside the id; None where it cannot write its directory."""
        if int(self.install[:2], 16) < _READ_ONLY:
            return None
        return hashlib.sha256(f"secret of {self.install}".encode()).hexdigest()

    def without_ours(self, day: int) -> bool:
        """Return whether it lacks our reporter on ``day``, as after a new installation; most never do."""
        return int(self.install[2:4], 16) < _LOSES_OURS and day // _LOST % 2 == 1

    def schema(self, day: int) -> int:
        """Return the schema of our reporter at a start on ``day``."""
        return 2 if day >= self.habits.reporter_since else 1

    def runs_ahead(self, buildbot: Version) -> bool:
        """Return whether it runs a version after this release, which it says to be."""
        return self.ahead and buildbot == BUILDBOT[-1][1]

    def revision(self, day: int) -> int:
        """Return how often its configuration was changed up to ``day``."""
        return 0 if self.stuck else (day - self.born) // self.revises

    def buildbot(self, day: int) -> Version:
        """Return the release of a start on ``day``."""
        lag = self.lag if day - self.born > self.lag else min(self.lag, 30)  # who is new takes what is new
        day = self.born - lag if self.stuck else max(self.born - 30, day - lag)
        return newest(BUILDBOT, day, min(self.below, too_new(self._minor(day)))) or BUILDBOT[0][1]

    def taken_up(self, day: int) -> int:
        """Return about the day on which the release that runs on ``day`` was installed."""
        return self.born if self.stuck else max(self.born, day - self.lag)

    def platform(self, day: int, buildbot: Version) -> Platform:
        """Return the place where a start of this release on ``day`` runs."""
        system = system_on(self.family, self._system_day(day))
        python = self._minor(day)
        if buildbot < (2,) and python > (3, 7):
            python = (2, 7)
        elif buildbot < (3, 9):
            python = min(python, (3, 11))  # WIRE.md: older releases do not run on 3.12
        if self.private_linux:
            system = PRIVATE_LINUX
        return Platform(
            system, self.machine, self.implementation, patched_python(python, self.taken_up(day)), self.host
        )

    def _system_day(self, day: int) -> int:
        renewals = 0 if self.stuck else max(0, day - self.born) // self.renewal
        return self.born + renewals * self.renewal - self.system_lag

    def _minor(self, day: int) -> Version:
        if self.own_python:
            return newest(PYTHON, self._system_day(day)) or (2, 7)
        return system_on(self.family, self._system_day(day)).python


def draw_installation(rng: Random, first: int, last: int) -> Installation | None:
    """Return an installation that lives in the window of days; None where it was gone before Buildbot 0.9.0."""
    genesis = BUILDBOT[0][0]
    born = rng.randint(first, last) if rng.random() < 0.3 else first - 1 - int(rng.expovariate(1 / 1000))
    if born < genesis:
        born = rng.randint(min(genesis, first), first)
    if born < genesis:
        return None
    family = rng.choices(list(FAMILIES), list(FAMILIES.values()))[0]
    level: Level = rng.choices(("basic", "full", "custom"), (57, 34, 9))[0]
    linux = family not in ("windows", "macos", "freebsd")
    db, driver = rng.choices(
        (("sqlite", "+pysqlite"), ("postgresql", "+psycopg2"), ("mysql", "+mysqldb")), (60, 30, 10)
    )[0]  # fmt: skip
    arm = {"macos": 0.6, "windows": 0}.get(family, 0.08)
    install = f"{rng.getrandbits(160):040x}"
    return Installation(
        install=install,
        born=born,
        gone=max(born, first) + 1 + int(rng.expovariate(1 / 4400)),
        pace=rng.lognormvariate(math.log(3), 0.9),
        lag=int(rng.lognormvariate(math.log(110), 1.1)),
        stuck=rng.random() < 0.12,
        below=rng.choices(((999,), (4,), (3,), (1,)), (92, 4, 3, 1))[0],
        renewal=rng.randint(600, 1800),
        system_lag=rng.randint(0, 500),
        own_python=rng.random() < 0.25,
        revises=int(rng.lognormvariate(math.log(220), 0.7)) + 10,
        ours_from=rng.choice(((4, 2), (4, 3), (3, 11), (2, 10))) if rng.random() < 0.45 else None,
        every=7 if rng.random() < 0.12 else None,
        level=level,
        drops=tuple(rng.sample(_DROPS, rng.randint(1, 3))) if level == "custom" else (),
        drops_stock=tuple(rng.sample(_DROPS_STOCK, rng.randint(1, 2))) if level == "custom" else (),
        anonymous=level == "custom" and rng.random() < 0.05,
        odd_version=rng.choice(_ODD_VERSIONS) if rng.random() < 0.03 else None,
        adds_key=level == "custom" and rng.random() < 0.1,
        family=family,
        private_linux=linux and rng.random() < 0.015,
        machine="aarch64" if rng.random() < arm else rng.choices(("x86_64", "ppc64le", "i686"), (98, 1, 1))[0],
        implementation="PyPy" if rng.random() < 0.01 else "CPython",
        host="builder07.corp.acme.com" if linux and rng.random() < 0.02 else None,
        db=db,
        driver=driver if rng.random() < 0.3 else "",
        ahead=rng.random() < 0.03,
        mq="wamp" if db != "sqlite" and rng.random() < 0.12 else "simple",
        multi_master=db != "sqlite" and rng.random() < 0.15,
        shop=_shop(rng, install),
        identity=draw_identity(rng),
        moves=rng.randint(first, last),
        habits=draw_habits(_of(install, "habits"), first, last),
        database=draw_database(_of(install, "database"), db),
        like=install,
    )


def _shop(rng: Random, install: str) -> Shop:
    usual = draw_shop(rng)
    return draw_fitted(_of(install, "fitted")) or replace(usual, details=draw_details(_of(install, "details")))


def _of(install: str, feature: str) -> Random:
    """Return a generator for what came to the simulation later, so that all else is drawn as before."""
    return Random(f"{install}/{feature}")  # noqa: S311  # not for secrets
