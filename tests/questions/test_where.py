"""Conditions: what they mean, where they are wrong, and that nothing typed gets into a statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Name, Profile, Release, vocabulary
from headcount.questions import BadQuestion
from headcount.questions._condition import NamedClass
from headcount.questions._where import condition
from headcount.warehouse import COLUMNS
from headcount.warehouse._classes import Classes
from headcount.warehouse._columns import Rows
from headcount.warehouse.duckdb import DuckWarehouse

CVS, GIT = "buildbot.steps.source.cvs.CVS", "buildbot.steps.source.git.Git"
BUILDER = "buildbot.config.builder.BuilderConfig"
PROFILES = [
    Profile("stock", "basic", buildbot=Release(4, 3, 0), python=Release(3, 9, 2), db="sqlite", distro="debian:12",
            plugins=((Name(CVS), 1), (Name(BUILDER, 1), 2)), www=(("waterfall_view", 1),)),
    Profile("headcount", "full", buildbot=Release(0, 9, 10), python=Release(3, 10, 0), db="postgresql", distro="debian",
            multi_master=True, plugins=((Name(GIT, 2), 1), (Name("custom", 1), 1)), www=()),
    Profile("stock", "custom", buildbot=Release(0, 9, 9), python=Release(3, 10, 14), distro="ubuntu:22.04",
            www=(("custom", 1),), plugins=((Name(GIT), 1),)),
    Profile("stock", "custom", python=Release(3, 11, 0), db="mysql", distro="debian-like:1"),
    Profile("stock", "basic", plugins=(), multi_master=False),
]  # fmt: skip


@pytest.fixture(scope="module")
def warehouse() -> Iterator[DuckWarehouse]:
    """The profiles, each under its place in the list."""
    with closing(DuckWarehouse(":memory:")) as made:
        with made._changing() as cursor:
            classes = Classes()
            rows = Rows(vocabulary(), classes)
            for key, profile in enumerate(PROFILES):
                values = [key, *rows.row(profile.canonical())]
                cursor.execute(f"INSERT INTO profiles VALUES ({', '.join('?' * (1 + len(COLUMNS)))})", values)
            cursor.execute("DELETE FROM classes")
            cursor.executemany("INSERT INTO classes VALUES (?, ?, ?)", list(classes.changed.values()))
        yield made


def _matching(warehouse: DuckWarehouse, text: str, *, denied: bool = False) -> list[Any]:
    """Return of which profiles a condition is true, or false."""
    found = condition(text)
    with warehouse.snapshot() as snapshot:
        sql = f"SELECT profile FROM profiles WHERE {found.denied if denied else found.sql} ORDER BY profile"
        return [key for (key,) in snapshot.query(sql, found.parameters(snapshot))]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("python < 3.10", [0]),
        ("python <= 3.10", [0, 1, 2]),
        ("python = 3.10", [1, 2]),
        ("python == 3.10.*", [1, 2]),
        ("python = 3.10.14", [2]),
        ("python > 3.10", [3]),
        ("python >= 3.10.1", [2, 3]),
        ("python != 3.10", [0, 3]),
        ("python in (3.9, 3.11)", [0, 3]),
        ("buildbot < 0.9.10", [2]),  # as versions, not as texts
        ("buildbot >= 1", [0]),
        ("plugin = buildbot.steps.source.cvs.CVS", [0]),
        ("plugin = CVS", [0]),
        ("plugin = buildbot/config/BuilderConfig", [0]),  # where it was before 3.5
        ("plugin = 'buildbot.config.builder.BuilderConfig'", [0]),
        ("plugin = Git", [1, 2]),
        ("plugin = Mercurial", []),  # which nobody ever used
        ("plugin != Git", [0, 4]),
        ("plugin = custom", [1]),  # not the private plugin of the web interface
        ("plugin != custom", [0, 2, 4]),
        ("www = waterfall_view", [0]),
        ("www != waterfall_view", [1, 2]),
        ("db = postgres", [1]),
        ("db != sqlite", [1, 3]),
        ("db not in (sqlite, mysql)", [1]),
        ("NOT db IN (sqlite, mysql)", [1]),
        ("distro = debian", [0, 1]),
        ("distro = debian:12", [0]),
        ('distro = "ubuntu:22.04"', [2]),
        ("multi_master = true", [1]),
        ("multi_master != true", [4]),
        ("level = custom and sender = stock", [2, 3]),
        ("plugin = Git or plugin = CVS and python < 3", [1, 2]),  # `and` binds tighter
        ("(plugin = Git or plugin = CVS) and python < 3.10", [0]),
        ("not python < 3.10", [1, 2, 3]),  # who did not answer does not match the contrary either
        ("db = sqlite or python >= 3", [0, 1, 2, 3]),  # one is enough, whatever the other is
        ("plugin = CVS or sqlalchemy < 2", [0]),  # which nobody answered
        ("not (db = sqlite and python >= 3.10)", [0, 1, 3]),  # false where one side is, whatever the other is
        ("not (db != sqlite or python < 3)", [0]),
        ("level = full or db = sqlite", [0, 1]),
        ("plugin not in (Git, JanitorConfigurator)", []),  # nobody answered what counts the second
        ("PLUGIN=Git AND\n\tPYTHON>=3.10.14", [2]),
    ],
)  # fmt: skip
def test_who_matches(warehouse: DuckWarehouse, text: str, keys: list[int]) -> None:
    """Each comparison, by hand."""
    assert _matching(warehouse, text) == keys


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("pythn < 3.10", 1, "there is no 'pythn' (did you mean python?): there are buildbot, python"),
        ("db = sqlite and pythn < 3", 17, "there is no 'pythn'"),
        ("python ~ 3", 8, "'in' or 'not in' or one of = != < <= > >= must stand here, not '~'"),
        ("~ python", 1, "'(' or 'not' or a name or a value must stand here, not '~'"),
        (") and python < 3", 1, "'(' or 'not' or a name or a value must stand here, not ')'"),
        ("db = sqlite git", 13, "'and' or 'or' or the end must stand here, not 'g'"),
        ("python <", 9, "a name or a value or a quoted value must stand here, not the end"),
        ("(python < 3", 12, "')' must stand here, not the end"),
        ("python < 3)", 11, "the end must stand here, not ')'"),
        ("", 1, "must stand here, not the end"),
        ("db < sqlite", 4, "db is compared by = !=, not <"),
        (
            "db = postgrs",
            6,
            "'postgrs' is none of the values of db (did you mean postgresql?): `environments --by db` lists them",
        ),
        ("db in (sqlite, postgrs)", 16, "'postgrs' is none"),
        ("python < three", 10, "'three' is no version such as 3.10"),
        ("python < 3.10.0.1", 10, "is no version"),
        ("plugin = Mercurail", 10, "'Mercurail' is no public class (did you mean Mercurial?)"),
        ("plugin = buildbot.steps.source.cvs.CSV", 10, "did you mean buildbot.steps.source.cvs.CVS?"),
        ("plugin = Change", 10, "is the name of several classes"),
        ("www = waterfal", 7, "did you mean waterfall_view?"),
        ("distro = templeos", 10, "no distribution with a published id"),
        ("distro = debain:12", 10, "(did you mean debian?)"),
        ("buildbot = 3.12", 12, "Buildbot has no release 3.12: the one before it is 3.11"),
        ("buildbot in (4.3, 0.9.16)", 19, "Buildbot has no release 0.9.16: the one before it is 0.9.15"),
        ("buildbot != 0.0", 13, "Buildbot has no release 0.0: the first is 0."),
        ("level = ful", 9, "(did you mean full?)"),
        ("plugin in ()", 12, "a set has at least one value"),
        ("multi_master = yes", 16, "neither true nor false"),
        ("level = all", 9, "'all' is none of basic, full, custom"),
        ("build = fork", 9, "'fork' is none of the values of build: `environments --by build` lists them"),
        ("protocol = grpc", 12, "'grpc' is none of pb, msgpack, null, other"),
        ("hook = githb", 8, "'githb' is no public change hook (did you mean github?)"),
        ("hook < github", 6, "hook is compared by = !=, not <"),
        ("worker < old", 10, "'old' is no version"),
        ("server = postgres", 10, "'postgres' is no version"),
        ("db = sqlite; DROP TABLE profiles", 12, "must stand here, not ';'"),
        ("plugin = 'CVS", 10, "must stand here"),
    ],
)
def test_an_error_points_at_the_character(text: str, place: int, says: str) -> None:
    """By number, and by a caret under it."""
    with pytest.raises(BadQuestion) as caught:
        condition(text)
    first, shown, caret = str(caught.value).split("\n")
    assert first.startswith(f"where, character {place}: ")
    assert says in first
    assert shown == f"  {text}"
    assert caret == " " * (place + 1) + "^"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("python < 3", [3_000_000]),
        ("python = 3", [3_000_000, 4_000_000]),
        ("python = 3.10", [3_010_000, 3_011_000]),
        ("python != 3.10.4", [3_010_004, 3_010_005]),
        ("python > 3.10", [3_011_000]),
    ],
)
def test_a_version_is_all_that_begin_with_it(text: str, values: list[int]) -> None:
    """From its first release to the first of the next, whatever numbers there are between them."""
    assert list(condition(text).values.values()) == values


def test_a_name_is_that_of_the_plugin_of_the_name() -> None:
    """Where several classes have the name, and one of them is what a configuration names."""
    assert condition("plugin = Worker").classes == {"w00": NamedClass("buildbot.worker.base.Worker")}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ShellCommand", "buildbot.steps.shell.ShellCommand"),  # Travis' and Pipelines' too
        ("MailNotifier", "buildbot.reporters.mail.MailNotifier"),
        ("Interpolate", "buildbot.process.properties.Interpolate"),  # none of these is a plugin
    ],
)
def test_a_name_is_that_of_buildbots_own_class_where_other_packages_have_one_too(name: str, path: str) -> None:
    """Who means the other one writes its path."""
    assert condition(f"plugin = {name}").classes == {"w00": NamedClass(path)}
    assert condition("plugin = buildbot_travis.steps.create_steps.ShellCommand").classes == {
        "w00": NamedClass("buildbot_travis.steps.create_steps.ShellCommand")
    }


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("plugin = Git", ("plugins",)),
        ("plugin = Distutils or plugin != Git", ("factories", "plugins")),
        ("plugin in (JanitorConfigurator, Distutils)", ("configurators", "factories")),
        ("www = waterfall_view and worker < 1", ("workers", "www_plugins")),
        ("server < 13 and driver = psycopg2", ("db_driver", "db_server")),
    ],
)
def test_a_class_is_asked_of_the_field_that_counts_it(text: str, fields: tuple[str, ...]) -> None:
    """Who did not answer that is not known to be without it."""
    assert condition(text).fields == fields


def test_what_is_too_long_or_too_much_is_refused() -> None:
    """Before it can exhaust anything; what is nested as deep as fits is read."""
    with pytest.raises(BadQuestion, match="1,000 are the most"):
        condition("python < 3 and " * 100 + "python < 3")
    with pytest.raises(BadQuestion, match="where is 1,001 characters long"):
        condition("python < 3".ljust(1001))
    assert condition("python < 3".ljust(1000)).text == "python < 3"
    with pytest.raises(BadQuestion, match="60 comparisons are the most"):
        condition("db=sqlite or " * 60 + "db=sqlite")
    assert len(condition("db=sqlite or " * 59 + "db=sqlite").values) == 60
    deep = "not (" * 160 + "db=sqlite" + ")" * 160
    assert condition(deep).sql == condition("db=sqlite").sql


OWN = set(re.findall(r"\w+", "AND OR NOT has answered classes substring distro db mq system machine kernel "
                             "implementation level sender multi_master buildbot python twisted sqlalchemy"))  # fmt: skip


@given(st.text(max_size=60) | st.from_regex(r"(db|plugin|distro) ?= ?['\"]?[ -~]{0,20}['\"]?", fullmatch=True))
def test_nothing_typed_gets_into_the_statement(text: str) -> None:
    """Whatever is typed is refused, or becomes SQL of the project's own words, numbers and parameters."""
    try:
        found = condition(text)
    except BadQuestion:
        return
    for word in re.findall(r"\$?\w+", found.sql + found.denied):
        assert word in OWN or word.isdigit() or word in {f"${name}" for name in [*found.values, *found.classes]}
    assert set(re.sub(r"[\w$ ]", "", found.sql + found.denied)) <= set("()[]<>=,'")
    assert "'" not in found.sql + found.denied


Told = tuple[str, Callable[[Profile], bool | None]]


def _leaf(product: str, operator: str, version: tuple[int, ...]) -> Told:
    width = len(version)
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
        ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    }  # fmt: skip

    def judged(profile: Profile) -> bool | None:
        release = getattr(profile, product)
        return None if release is None else compare[operator](tuple(release)[:width], version)

    return f"{product} {operator} {'.'.join(map(str, version))}", judged


VERSIONS = st.lists(st.integers(0, 12), min_size=1, max_size=3).map(tuple)
LEAVES = st.builds(_leaf, st.just("python"), st.sampled_from(["<", "<=", "=", "!=", ">", ">="]), VERSIONS) | st.builds(
    _leaf,
    st.just("buildbot"),
    st.sampled_from(["<", "<=", ">", ">="]),
    VERSIONS,  # what is no release is equal to none
)


def _joined(word: str, one: Told, other: Told) -> Told:
    decisive = word == "or"

    def judged(profile: Profile) -> bool | None:
        values = {one[1](profile), other[1](profile)}
        return decisive if decisive in values else None if None in values else not decisive

    return f"({one[0]} {word} {other[0]})", judged


def _not(one: Told) -> Told:
    def judged(profile: Profile) -> bool | None:
        value = one[1](profile)
        return None if value is None else not value

    return f"not ({one[0]})", judged


TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(_joined, st.sampled_from(["and", "or"]), inner, inner) | inner.map(_not),
    max_leaves=6,
)


@settings(max_examples=150)
@given(TREES)
def test_conditions_compose(warehouse: DuckWarehouse, told: Told) -> None:
    """Whatever is joined how, it is true, false or not known of each profile as Kleene's logic has it."""
    text, judged = told
    for value, denied in ((True, False), (False, True)):
        expected = [key for key, profile in enumerate(PROFILES) if judged(profile) is value]
        assert _matching(warehouse, text, denied=denied) == expected


def test_a_field_is_looked_for_once_where_all_is_of_it() -> None:
    """A long list of classes of a kind needs no more than one look at what was answered."""
    assert condition("plugin in (Git, CVS, Mercurial) and not plugin = SVN").sql.count("has(answered") == 1
    assert condition("db = sqlite or db = mysql").denied.count("has(answered") == 1


def test_nothing_is_negated_twice() -> None:
    """Which shards of ClickHouse 18.16 name otherwise than who asks them."""
    for text in ("not plugin != Git", "not (not db = sqlite)", "not (db != sqlite or python < 3)", "worker != 4.3"):
        found = condition(text)
        assert "NOT (NOT" not in found.sql + found.denied
    assert condition("not plugin != Git").sql == condition("plugin = Git").sql


def test_an_empty_set_is_pointed_at() -> None:
    """With what a set looks like."""
    with pytest.raises(
        BadQuestion, match=r"character 12: a set has at least one value, such as plugin in \(CVS, SVN\)"
    ):
        condition("plugin in ()")
