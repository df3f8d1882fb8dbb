"""Configurations of masters that carry a marker in every place that can hold a secret, made by Hypothesis."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from hypothesis import strategies as st

from tests.support.hosts import Host
from tests.support.markers import Mint
from tests.support.secret_places import BASES, FINALE, MODULE, PLACES, PRELUDE, SHAPES, STRANGERS, Place

LEVELS = ("basic", "full", "function")
"""The levels; at the last one a function returns what it got."""

HOST_KINDS = (
    "the host's name",
    "the host's domain",
    "the user's name",
    "the master's directory",
    "the kernel's release",
    "the kernel's build",
    "os-release",
    "BUILDBOT_VERSION",
    "environment of the master",
    "the URL of the database",
    "a private www plugin",
)
ALWAYS_COUNTED = (
    "the kernel's release",
    "the kernel's build",
    "os-release",
    "BUILDBOT_VERSION",
    "a private www plugin",
)
"""What every canary has where stock Buildbot reads it."""
STOCK_MISSES = frozenset(
    {"secrets provider", "authentication", "report generator", "machine", "factory", "configurator"}
)
"""Kinds of plugins that stock Buildbot does not count."""
KINDS = (*HOST_KINDS, *dict.fromkeys(place.kind for place in PLACES), *SHAPES, *STRANGERS)
"""All kinds of secrets, in the order of the documentation."""

Choose = Callable[[Sequence[Any]], Any]  # takes one of several
Thing = Place | str | tuple[str, str]  # a place, a kind of stranger, or the shape and the base of a class
_CASES = (str, str.upper, str.capitalize)

_OS_RELEASES = (
    'ID={a}\nNAME="{b}"\nVERSION_ID="{c}"\n',
    'ID=debian\nVERSION_CODENAME={a}\nPRETTY_NAME="{b}"\nVERSION_ID="12"\n',
    'ID=ubuntu\nVERSION_ID="22.04-{a}"\nHOME_URL="https://{b}/"\nVARIANT={c}\n',
    'ID={a}\nVERSION_CODENAME={b}\nPRETTY_NAME="{c}"\n',
)
_RELEASES = ("6.1.0-18-{}", "5.15.{}", "{}", "6.12.4-{}-amd64")
_BUILDS = ("#1 SMP {0}@{1} Mon", "#{0}-{1} SMP", "{0} {1}", "#2 {0}:/home/{1}")
_VERSIONS = ("4.3.0+{}", "{}", "4.3.0.dev1-{}-dirty", "5.0.{}")


@dataclass
class Canary:
    """A master to be: its configuration without what reports, its surroundings, and the markers in all of it.

    ``kinds``: the kind of each marker, which is in lower case there. ``modules``: files for the master's import path.
    ``counted``: the kinds of classes that stand where stock Buildbot counts them.
    """

    kinds: dict[str, str]
    basedir: str
    host: Host
    environment: dict[str, str]
    database: str
    pieces: list[str]
    modules: dict[str, str]
    levels: tuple[str, ...]
    counted: set[str]

    def configuration(self, site: Path) -> str:
        """The ``master.cfg``, for a master whose import path begins with ``site``."""
        prelude = PRELUDE.format(site=str(site), db_url=f"sqlite:///{self.database}")
        return "\n".join([prelude, *(piece.replace("{site!r}", repr(str(site))) for piece in self.pieces), FINALE])

    def write_modules(self, site: Path) -> None:
        """Write the modules, and a distribution that announces private plugins."""
        for name, text in self.modules.items():
            path = site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


@dataclass
class _Maker:
    """Puts a canary together, piece by piece."""

    mint: Mint
    choose: Choose
    pieces: list[str] = field(default_factory=list)
    modules: dict[str, str] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)

    def add(self, thing: Thing) -> None:
        if isinstance(thing, Place):
            self._piece(thing.kind, thing.piece)
        elif isinstance(thing, str):
            self._piece(thing, STRANGERS[thing])
            self.counted.add(thing)
        else:
            self._plugin(*thing)

    def _plugin(self, shape: str, base: str) -> None:
        public, use = BASES[base]
        words = self._piece(shape, SHAPES[shape] + "\n" + use.replace("{c}", "$c"), b=public)
        if "f" in words:
            under = "under_buildbot/" if "buildbot.$f" in SHAPES[shape] else ""
            self.modules[f"{under}{words['f']}.py"] = MODULE.format(c=words["c"], b=public)
        if base not in STOCK_MISSES:
            self.counted.add(shape)

    def add_www_plugin(self, kind: str) -> None:
        package, plugin, distribution, title = (self.mint.new(kind) for _ in range(4))
        self.modules |= {
            f"{package}/__init__.py": "from buildbot.www.plugin import Application\nep = Application(__name__, 'none')\n",
            f"{package}/VERSION": "1.0.0",
            f"{package}/static/index.html": "",
            f"{distribution}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n",
            f"{distribution}-1.0.dist-info/entry_points.txt": f"[buildbot.www]\n{plugin} = {package}:ep\n",
        }
        self.pieces.append(f"c['www']['plugins']['{plugin}'] = dict(title='{title}')")

    def _piece(self, kind: str, text: str, **words: str) -> dict[str, str]:
        """Add a piece, with a new marker for each word that it wants; return them."""
        template, case = Template(text), self.choose(_CASES)
        words |= {word: case(self.mint.new(kind)) for word in template.get_identifiers() if word not in words}
        self.pieces.append(template.substitute(words))
        return words


def _make(seed: int, choose: Choose, things: Iterable[Thing], levels: tuple[str, ...]) -> Canary:
    maker = _Maker(Mint(seed), choose)
    new = maker.mint.new
    maker.add_www_plugin("a private www plugin")
    for thing in things:
        maker.add(thing)
    host = Host(
        name=new("the host's name"),
        domain=".".join([new("the host's domain"), new("the host's domain"), "example"]),
        user=new("the user's name"),
        os_release=choose(_OS_RELEASES).format(**{key: new("os-release") for key in "abc"}),
        release=choose(_RELEASES).format(new("the kernel's release")),
        build=choose(_BUILDS).format(new("the kernel's build"), new("the kernel's build")),
    )
    environment = {
        "BUILDBOT_VERSION": choose(_VERSIONS).format(new("BUILDBOT_VERSION")),
        new("environment of the master").upper(): new("environment of the master"),
        "USER": host.user,
        "LOGNAME": host.user,
        "DEPLOY_TOKEN": new("environment of the master"),
    }
    return Canary(
        kinds=maker.mint.kinds,
        basedir=new("the master's directory"),
        host=host,
        environment=environment,
        database=new("the URL of the database") + ".sqlite",
        pieces=maker.pieces,
        modules=maker.modules,
        levels=levels,
        counted=maker.counted | set(ALWAYS_COUNTED),
    )


_PLUGINS = [(shape, base) for shape in SHAPES for base in BASES]


@st.composite
def canaries(draw: st.DrawFn) -> Canary:
    """Some places with markers in them, in any order, written in any case; the levels in any order."""
    things: list[Thing] = [
        *draw(st.lists(st.sampled_from(PLACES), min_size=6, max_size=20)),
        *draw(st.lists(st.sampled_from(_PLUGINS), min_size=4, max_size=20)),
        *draw(st.lists(st.sampled_from(sorted(STRANGERS)), max_size=4)),
    ]

    def choose(several: Sequence[Any]) -> Any:
        return draw(st.sampled_from(several))

    seed = draw(st.integers(0, 2**32 - 1))
    return _make(seed, choose, draw(st.permutations(things)), tuple(draw(st.permutations(LEVELS))))


def whole_canary() -> Canary:
    """Every place, and a class of every shape and of every base; always the same."""
    others = itertools.cycle(base for base in BASES if base != "step")
    plugins = [pair for shape in SHAPES for pair in ((shape, "step"), (shape, next(others)))]
    return _whole([*PLACES, *plugins, *STRANGERS])


def crossed_canary() -> Canary:
    """A class of every shape for every base; always the same."""
    return _whole([*_PLUGINS, *STRANGERS])


def _whole(things: list[Thing]) -> Canary:
    return _make(2016, lambda several: several[0], things, LEVELS)
