"""The columns of profiles, in both engines."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from headcount.contract import CATALOG, Name, Profile, Release, read_stock, vocabulary
from headcount.warehouse import COLUMNS
from headcount.warehouse._classes import Classes
from headcount.warehouse._columns import Rows
from headcount.warehouse.duckdb import DuckWarehouse
from tests.support import captures

JANITOR = Name("buildbot.configurators.janitor.JanitorConfigurator")
FACTORY = Name("buildbot.process.factory.BuildFactory")


def test_the_table_is_the_columns() -> None:
    """The migrations make exactly what is loaded, in name, type and order."""
    with closing(DuckWarehouse(":memory:")) as warehouse, warehouse.snapshot() as snapshot:
        sql = "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'profiles' ORDER BY column_index"
        found = snapshot.query(sql, {})
    assert found == [("profile", "UBIGINT"), *((column.name, column.duckdb) for column in COLUMNS)]


def test_types_agree_between_the_engines() -> None:
    """A column of one engine holds what it holds in the other."""
    names = {"VARCHAR": "String", "UINTEGER": "UInt32", "USMALLINT": "UInt16", "UTINYINT": "UInt8"}
    for column in COLUMNS:
        base = column.duckdb.replace("[]", "")
        expected = names[base]
        for _ in range(column.duckdb.count("[]")):
            expected = f"Array({expected})"
        assert column.clickhouse == expected, column.name


def test_a_profile_becomes_a_row() -> None:
    """A rich capture: parallel arrays are of one length, and www plugins stand among the plugins."""
    profile = read_stock(captures.body("430-rich-full"), vocabulary()).profile
    classes = Classes()
    values = dict(
        zip((column.name for column in COLUMNS), Rows(vocabulary(), classes).row(profile.canonical()), strict=True)
    )
    assert values["buildbot"] == 4_003_000
    assert (values["sender"], values["level"], values["distro"], values["db"]) == (
        "stock",
        "full",
        "debian:12",
        "sqlite",
    )
    entries = zip(*(values[name] for name in ("classes", "depths", "counts")), strict=True)
    plugins = [(*classes.changed[number][1:], depth, count) for number, depth, count in entries]
    assert ("buildbot.steps.shell.ShellCommand", "step", 2, 20) in plugins
    assert ("waterfall_view", "www", 0, 1) in plugins
    assert ("custom", "www", 0, 1) in plugins
    assert len(values["sequences"]) == len(values["builders"])  # type: ignore[arg-type]
    assert sum(values["builders"]) == 31  # type: ignore[arg-type]
    assert values["scrubbed"] == ["builders", "plugins", "www_plugins"]
    assert values["janitor"] == 1  # its builder is left out, which stock counts as the others


@pytest.mark.parametrize(("janitor", "taken_out"), [(None, 1), (False, 0)])
@pytest.mark.parametrize("sender", ["stock", "headcount"])
def test_a_step_of_the_janitors_without_a_mark_is_of_its_builder(
    sender: Any, janitor: bool | None, taken_out: int
) -> None:
    """It waited in an inbox since before schema 2; what is marked was read by its schema, and is the administrator's."""
    step = Name("buildbot.configurators.janitor.LogChunksJanitor")
    profile = Profile(sender, "full", plugins=((step, 1),), pipelines=(((step,), 1),), janitor=janitor)
    row = Rows(vocabulary(), Classes()).row(profile.canonical())
    values = dict(zip((column.name for column in COLUMNS), row, strict=True))
    assert values["janitor"] == taken_out
    assert values["counts"] == values["builders"] == [1] * (1 - taken_out)


def test_what_was_not_said_is_nothing() -> None:
    """No text, no number and no entry; ``answered`` tells it from what was said to be nothing."""
    values = Rows(vocabulary(), Classes()).row(Profile("stock", "basic").canonical())
    said = {column.name: value for column, value in zip(COLUMNS, values, strict=True) if value}
    assert said == {"sender": "stock", "level": "basic"}


def test_a_profile_may_say_everything() -> None:
    """Each field has a column that it comes to, and the row is read by its bytes alone."""
    release, name = Release(4, 3, 0), Name("buildbot.steps.source.git.Git", 2)
    words = {field.attribute: "word" for field in CATALOG}
    lists = {
        "plugins": ((name, 3),), "www": (("grid_view", 1),), "pipelines": (((name, name), 2),),
        "workers": ((Release(0, 8, 14), 1), (release, 21)), "hooks": (("custom", 2), ("github", 1)),
        "protocols": (("msgpack", 1), ("pb", 1)), "configurators": ((Name("custom", 1), 1), (JANITOR, 1)),
        "factories": ((Name("custom"), 4), (FACTORY, 5)), "variety": ((Name("custom"), 6), (Name(name.base), 2)),
    }  # fmt: skip
    releases = dict.fromkeys(("buildbot", "python", "twisted", "sqlalchemy"), release)
    said: Any = {**words, **lists, **releases, "multi_master": True, "janitor": True, "scrubbed": (("db", 4),)}
    profile = Profile("headcount", "full", "2026.11.24", **said)
    row = Rows(vocabulary(), Classes()).row(profile.canonical())
    values = dict(zip((column.name for column in COLUMNS), row, strict=True))
    assert values.pop("answered") == [field.path for field in CATALOG]
    assert values == {
        "sender": "headcount", "level": "full", "vocabulary": "2026.11.24", "newer": 0, "multi_master": 1,
        **dict.fromkeys(("system", "machine", "distro", "kernel", "implementation", "db", "mq"), "word"),
        **dict.fromkeys(("build", "driver", "server"), "word"),
        **dict.fromkeys(releases, 4_003_000),
        "classes": [3, 6, 4, 65_534, 5, 65_535], "depths": [2, 0, 0, 1, 0, 0], "counts": [3, 1, 1, 1, 5, 4],
        "worker_releases": [8_014, 4_003_000], "worker_bands": [1, 21], "hooks": ["custom", "custom", "github"],
        "protocols": ["msgpack", "pb"], "variety_classes": [3, 1], "varieties": [2, 6], "janitor": 1,
        "sequences": [[name.wire, name.wire]], "builders": [2], "scrubbed": ["db"], "scrubs": [4],
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b'{"level":"basic","sender":"stock"',
        b'["level","sender"]',
        b"{}",
        b'{"level":"basic"}',
        b'{"level":"basic","sender":"stock","other":1}',
        b'{"level":"basic","sender":null}',
        b'{"buildbot":["4"],"level":"basic","sender":"stock"}',
        b'{"level":"basic","plugins":[["no name",1]],"sender":"stock"}',
        b'{"level":"basic","pipelines":[[["no name"],1]],"sender":"stock"}',
        b'{"level":"basic","pipelines":[[["custom","no name"],1]],"sender":"stock"}',
        b'{"level":"full","sender":"headcount","workers":[["4.3.0",1]]}',
        b'{"level":"full","sender":"headcount","workers":[[[4,3,0],"1"]]}',
        b'{"factories":[["no name",1]],"level":"full","sender":"headcount"}',
        b'{"level":"full","sender":"headcount","variety":[["no name",1]]}',
        b'{"hooks":[[1,1]],"level":"full","sender":"headcount"}',
        b'{"janitor":1,"level":"full","sender":"stock"}',
        b'{"level":"full","plugins":[["buildbot.configurators.janitor.",1],["no name",1]],"sender":"stock"}',
    ],
)
def test_what_is_no_profile_is_no_row(content: bytes) -> None:
    """As a damaged disk makes it: free text would be stored, and what is missing would break what is loaded beside it."""
    rows = Rows(vocabulary(), Classes())
    for _ in range(2):  # as it is remembered, too
        with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
            rows.row(content)
