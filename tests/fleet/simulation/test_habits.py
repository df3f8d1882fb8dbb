"""What installations do beside their configuration: organisations, restarts at night, repeats, opt-outs, dumps."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from random import Random

import pytest

from headcount.contract import SCHEMA, vocabulary
from headcount.fleet import Event, Truth, in_dumps, simulate
from headcount.fleet.simulation.details import Details
from headcount.fleet.simulation.full_report import fields
from headcount.fleet.simulation.installation import draw_installation
from headcount.fleet.simulation.life import sendings
from headcount.fleet.simulation.organisations import first_of

UNTIL = date(2026, 10, 31)


@pytest.fixture(scope="module")
def events() -> list[Event]:
    """A fleet of 320 over two years."""
    return list(simulate(320, 730, 1, UNTIL))


def _life(events: list[Event], install: str | None) -> list[Event]:
    return [event for event in events if event.truth.install == install]


def _alike(truth: Truth) -> Truth:
    return dataclasses.replace(truth, install=None, secret=None)


def test_the_masters_of_an_organisation_are_alike_and_change_together(events: list[Event]) -> None:
    """Five under ids of their own, with reports of the same seconds that say the same, each with an id of its own."""
    assert [first_of(number) for number in (54, 55, 59, 60, 255)] == [None, 55, 55, None, 255]
    together: defaultdict[tuple[int, ...], set[str]] = defaultdict(set)
    times: defaultdict[str, list[int]] = defaultdict(list)
    for event in events:
        if event.truth.install is not None:
            times[event.truth.install].append(event.received)
    for install, own in times.items():
        together[tuple(own)].add(install)
    organisations = [those for own, those in together.items() if len(those) == 5 and len(own) > 1]
    assert len(organisations) >= 2
    for those in organisations:
        lives = [_life(events, install) for install in sorted(those)]
        for same in zip(*lives, strict=True):
            # without their directories, some of which cannot be written, and the days without our reporter
            senders = {event.truth.sender for event in same}
            assert len({repr(_alike(event.truth)) for event in same}) == len(senders)
    ids = Counter(envelope["report"] for event in events if isinstance(envelope := event.body.get("headcount"), dict))
    assert max(ids.values()) == 1


def test_many_reports_come_in_one_second(events: list[Event]) -> None:
    """Of machines that are restarted at one hour of the night, and of stock that sends again over plain HTTP."""
    seconds = Counter(event.received for event in events)
    assert max(seconds.values()) >= 5
    assert sum(received % 86_400 == 4 * 3600 for received in seconds) > 50
    repeated = [event for event in events if event.body.get("buggySSL")]
    first = {(event.received, event.truth.install): event for event in events if "buggySSL" not in event.body}
    assert len(repeated) >= 10
    for event in repeated:
        before = first[event.received, event.truth.install]
        assert event.truth is before.truth
        assert event.body == {**before.body, "buggySSL": True}


def test_some_stop_to_report_at_an_upgrade() -> None:
    """From the first start of such a release on, after one of an earlier release; all else is as it would be."""
    first, last, stopped = UNTIL.toordinal() - 729, UNTIL.toordinal(), 0
    for number in range(60):
        one = draw_installation(Random(number), first, last)
        if one is not None:
            out = dataclasses.replace(one, habits=dataclasses.replace(one.habits, opts_out=(4, 2)))
            stays = dataclasses.replace(one, habits=dataclasses.replace(one.habits, opts_out=None))
            some, every = (list(sendings(each, Random(number), first, last)) for each in (out, stays))
            assert some == every[: len(some)]
            if len(some) < len(every):
                stopped += 1
                assert some[-1].buildbot < (4, 2) <= every[len(some)].buildbot
            else:
                releases = [sending.buildbot >= (4, 2) for sending in every if sending.reason == "start"]
                assert not any(not before and after for before, after in pairwise(releases))
    assert stopped >= 5


def test_reports_are_of_both_schemas_of_ours(events: list[Event]) -> None:
    """Those of schema 1 have the vocabulary of that time, and none of the new fields; some go on to schema 2."""
    envelopes = [(event, event.body["headcount"]) for event in events if "headcount" in event.body]
    schemas: defaultdict[str | None, list[int]] = defaultdict(list)
    for event, envelope in envelopes:
        assert isinstance(envelope, dict)
        assert envelope["vocabulary"] == event.truth.vocabulary
        assert (envelope["schema"] == SCHEMA) == (envelope["vocabulary"] == vocabulary().version)
        new = {"build", "workers", "db_driver", "hooks", "protocols", "configurators", "factories", "variety"}
        if envelope["schema"] == 1 or event.truth.level == "basic":
            assert not new & event.body.keys()
        elif event.truth.level == "full":
            assert new <= event.body.keys()
        schemas[event.truth.install].append(envelope["schema"])
    assert {1, 2} == {schema for life in schemas.values() for schema in life}
    assert all(life == sorted(life) for life in schemas.values())
    assert sum(set(life) == {1, 2} for life in schemas.values()) >= 5


def test_a_janitor_is_in_no_truth_but_of_our_schema_1(events: list[Event]) -> None:
    """Stock sends its steps, and is marked; ours of schema 2 names the class that configures it."""
    janitor = "buildbot.configurators.janitor.LogChunksJanitor"
    marked = configured = 0
    for event in events:
        truth, plugins = event.truth, event.body.get("plugins", {})
        assert isinstance(plugins, dict)
        if truth.sender == "stock":
            assert (janitor, 0) not in (truth.plugins or {})
            if "plugins" in event.body:
                assert bool(truth.janitor) == (janitor.replace(".", "/") in plugins)
            marked += bool(truth.janitor)
        elif truth.configurators is not None:
            assert janitor not in plugins
            configured += ("buildbot.configurators.janitor.JanitorConfigurator", 0) in truth.configurators
    assert marked >= 200
    assert configured >= 20


def test_the_new_facts_have_every_kind_of_value(events: list[Event]) -> None:
    """Private hooks, several protocols, workers before 0.9, own classes in every band, builds of every kind."""
    last = [event.truth for event in events if event.truth.build is not None]
    assert {truth.build for truth in last} == {"release", "pre-release", "development", "local"}
    assert {truth.driver for truth in last} > {"pysqlite", "psycopg2", "mysqldb", "pymysql"}
    assert {None} < {truth.server for truth in last}
    assert {name for truth in last for name in truth.hooks or ()} >= {"github", "custom", "base"}
    assert {len(truth.hooks or ()) for truth in last} >= {0, 1, 2}
    assert {tuple(truth.protocols or ()) for truth in last} >= {("pb",), ("null", "pb"), ("msgpack", "pb")}
    assert {least for truth in last for least in (truth.variety or {}).values()} >= {1, 2, 6}
    assert {least for truth in last for least in (truth.workers or {}).values()} >= {1, 2, 6}
    assert any("0.8.14" in (truth.workers or {}) for truth in last)
    assert any(depth for truth in last for _, depth in truth.factories or {})
    assert {base for truth in last for base, _ in truth.configurators or {}} >= {"custom"}


def test_details_are_counted_once_a_builder_and_once_a_class() -> None:
    """Factories of all builders together are as many as these; there are no more own classes than instances of them."""
    details = Details(own={"a": 5}, own_elsewhere=2)
    assert details.variety({("a", 1): 3, ("a", 2): 9, ("b", 1): 1, ("b", 0): 7, ("custom", 0): 4}) == {
        "a": 4, "b": 1, "custom": 2,
    }  # fmt: skip
    assert sum(details.factories_of(7).values()) == 7


def test_an_installation_drawn_again_says_the_same() -> None:
    """The facts of a day hang on the installation and the day alone."""
    first, last = UNTIL.toordinal() - 700, UNTIL.toordinal()
    one, again = (draw_installation(Random(3), first, last) for _ in range(2))
    assert one is not None
    assert again is not None
    release = one.buildbot(last)
    assert fields(one, last, release, [], 4) == fields(again, last, release, [], 4)


def test_dumps_hold_every_report_and_are_out_of_order(events: list[Event]) -> None:
    """The same reports, one dump after another; those of one second stay together."""
    dumped = list(in_dumps(events, 3, seed=1))
    assert dumped == list(in_dumps(events, 3, seed=1))
    assert dumped != events
    assert Counter(map(id, dumped)) == Counter(map(id, events))
    backwards = sum(later.received < earlier.received for earlier, later in pairwise(dumped))
    assert 3 <= backwards <= 6
    assert sorted(dumped, key=lambda event: event.received) == events
