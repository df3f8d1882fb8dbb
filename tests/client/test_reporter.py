"""The reporter of a master: what a change of its setting withdraws, and what is owed to the next report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet import defer, task

from headcount.client import _files, _reporter, _storage
from headcount.client._assemble import NotSent
from headcount.client._courier import Try
from headcount.client._deliver import Outcome
from headcount.client._function import StillRuns
from headcount.client._reporter import Reporter, reporter_of
from headcount.client._settings import Setting

FULL = Setting("https://a.example", "full")
ACCEPTED, LATER = Outcome("accepted"), Outcome("later", "nobody there")
SENT, EQUAL = "sending", "nothing is sent: the report would be as the last one was"
WITHDRAWN = "the report that was still to be delivered is withdrawn"


def _function(value: int = 1) -> Callable[[Any], Any]:
    """A function that is made anew, as at each reconfig."""
    scope: dict[str, Any] = {"value": value}
    exec("def f(report): return value", scope)
    return scope["f"]  # type: ignore[no-any-return]


class Draft:
    """Stands for a draft: it says what the house says, after its function, if that waits."""

    house: House

    def __init__(self, setting: Setting, *_: Any, **__: Any) -> None:
        self.warnings: list[str] = []
        self._setting = setting
        self.house.drafts += 1
        if self.house.broken:
            raise ZeroDivisionError

    def probe(self) -> None:
        """Nothing."""

    def collect(self) -> Iterator[None]:
        """Nothing, at a level that tells of no workers."""
        yield

    def describe(self, workers: object) -> None:
        """Nothing."""

    def filter(self, _: object) -> defer.Deferred[None]:
        """Wait, or fail."""
        return self.house.filters.pop(0) if self.house.filters else defer.succeed(None)

    def encode(self, reason: str) -> bytes:
        """A report; meanwhile things may happen."""
        self.house.meanwhile()
        envelope = {
            "schema": 1,
            "report": str(self.house.drafts),
            "level": self._setting.level,
            "reason": reason,
            "every": None,
        }
        return json.dumps({**self.house.facts, "headcount": envelope}, separators=(",", ":")).encode()


class House:
    """A reporter that drafts at once, and whose tries end when the test says so."""

    def __init__(self, basedir: Path) -> None:
        self.clock = task.Clock()
        self.master = SimpleNamespace(basedir=str(basedir), name="m", config=SimpleNamespace(services={}))
        self.facts: dict[str, Any] = {"db": "sqlite"}
        self.broken = False
        self.meanwhile: Callable[[], object] = lambda: None
        self.drafts = 0
        self.filters: list[defer.Deferred[None]] = []
        self.tries: list[tuple[str, str, defer.Deferred[Outcome]]] = []
        self.withdrawn = 0
        self.said: list[str] = []
        self.reporter: Reporter

    def attempt(self, url: str, data: bytes, _: object) -> Try:
        """Begin a try."""
        outcome: defer.Deferred[Outcome] = defer.Deferred()
        self.tries.append((url, json.loads(data)["headcount"]["reason"], outcome))
        return Try(outcome, self._withdraw)

    def _withdraw(self) -> None:
        self.withdrawn += 1

    def end(self, outcome: Outcome) -> None:
        """End the try that is under way."""
        self.tries[-1][2].callback(outcome)

    def report(self, setting: Setting, reason: str = "reconfig") -> None:
        """Reconfigure, and report."""
        self.reporter.use(setting)
        self.reporter.report(reason)

    def configure(self, setting: Setting | None) -> None:
        """Give the master another configuration, of which Buildbot has not told the reporter yet."""
        service = SimpleNamespace(setting=setting)
        self.master.config = SimpleNamespace(services={} if setting is None else {"headcount.UsageData": service})

    def reasons(self) -> list[str]:
        """Those of the tries so far."""
        return [reason for _, reason, _ in self.tries]

    def count(self, text: str) -> int:
        """The lines that begin so."""
        return sum(line.startswith(text) for line in self.said)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """One whose threads do their work at once."""
    house = House(tmp_path)
    monkeypatch.setattr(_reporter, "in_thread", defer.maybeDeferred)
    monkeypatch.setattr(_reporter, "_import", lambda: (Draft, NotSent, StillRuns))
    monkeypatch.setattr(_reporter, "_attempt", house.attempt)
    monkeypatch.setattr(_reporter, "own_profile", lambda *_, **__: defer.succeed(None))
    monkeypatch.setattr(_reporter, "say", house.said.append)
    monkeypatch.setattr(Draft, "house", house, raising=False)
    house.reporter = Reporter(house.master, house.clock)
    yield house
    house.reporter.use(None)


OTHERS = {
    "level": Setting("https://a.example", "basic"),
    "url": Setting("https://b.example", "full"),
    "function": Setting("https://a.example", "custom", _function()),
    "id": Setting("https://a.example", "full", random_id=True),
    "every": Setting("https://a.example", "full", every=7),
    "collector": Setting("https://a.example", "full", collector="ours"),
    "off": None,
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("waits", [False, True])
def test_another_setting_withdraws_what_was_not_delivered(house: House, other: Setting | None, waits: bool) -> None:
    """At once, before the next report is made: a try that is under way, or the wait for the next one."""
    house.report(FULL, "start")
    if waits:
        house.end(LATER)
    house.reporter.use(other)
    assert house.withdrawn == (not waits)
    assert house.said[-1] == WITHDRAWN
    if not waits:
        house.end(LATER)
    house.clock.advance(100_000)
    assert len(house.tries) == 1
    house.report(FULL)
    assert house.reasons() == ["start", "start"], "the start is unreported, and the same report is new"


def test_a_function_that_does_something_else_is_another_setting(house: House) -> None:
    """One that does the same is not, though it is another object."""
    house.report(Setting("https://a.example", "custom", _function(1)), "start")
    house.report(Setting("https://a.example", "custom", _function(1)))
    assert house.withdrawn == 0
    assert house.said[-1] == EQUAL
    house.reporter.use(Setting("https://a.example", "custom", _function(2)))
    assert house.withdrawn == 1


def test_the_same_setting_withdraws_nothing(house: House) -> None:
    """Also where a level is now given that was assumed: the try goes on, and so do those after it."""
    house.report(Setting("https://a.example", "basic", assumed=True), "start")
    house.report(Setting("https://a.example", "basic"))
    assert (house.withdrawn, house.count(EQUAL)) == (0, 1)
    house.end(LATER)
    house.report(Setting("https://a.example", "basic"))
    house.clock.advance(100)
    assert house.reasons() == ["start", "start"]


def test_whether_notices_are_read_changes_no_report(house: House) -> None:
    """A report that is being delivered goes on, and none follows from that alone."""
    house.report(FULL, "start")
    house.report(replace(FULL, notices=False))
    assert house.withdrawn == 0
    assert house.reasons() == ["start"]


def test_what_was_delivered_stays_known(house: House) -> None:
    """It is not sent again when reporting was off for a while, or under another setting that sent nothing."""
    house.report(FULL, "start")
    house.end(ACCEPTED)
    house.reporter.use(None)
    house.report(FULL)
    assert house.said[-1] == EQUAL
    house.filters.append(defer.fail(NotSent("the function returned None")))
    house.report(Setting("https://a.example", "custom", _function()))
    house.report(FULL)
    assert house.said[-1] == EQUAL
    house.report(FULL, "periodic")
    assert house.reasons() == ["start", "periodic"]
    assert WITHDRAWN not in house.said


def test_workers_that_came_and_went_are_no_change_of_the_configuration(house: House) -> None:
    """A reconfig that changed nothing sends nothing; anything else that is told beside them is a change."""
    house.facts = {"db": "sqlite", "workers": {}, "build": "release"}
    house.report(FULL, "start")
    house.end(ACCEPTED)
    house.facts = {**house.facts, "workers": {"4.3.0": "2-5", "0.8.14": "1"}}
    house.report(FULL)
    assert house.said[-1] == EQUAL
    house.facts = {**house.facts, "build": "local"}
    house.report(FULL)
    assert house.reasons() == ["start", "reconfig"]


def test_a_newer_report_has_the_reason_of_one_that_was_not_delivered(house: House) -> None:
    """The older one is withdrawn for it; once a start is delivered, it is not told again."""
    house.report(FULL, "start")
    house.facts = {"db": "mysql"}
    house.report(FULL)
    assert house.withdrawn == 1
    assert len(house.tries) == 1, "no try begins before the one before has ended"
    house.end(LATER)
    house.end(ACCEPTED)
    house.facts = {"db": "sqlite"}
    house.report(FULL)
    assert house.reasons() == ["start", "start", "reconfig"]


def test_drafts_do_not_queue_up(house: House) -> None:
    """Fifty reconfigs while one is made lead to one more, by the last setting, with the reason that matters most."""
    house.filters.append(waits := defer.Deferred())
    house.report(FULL, "start")
    for number in range(50):
        house.report(Setting(f"https://{number}.example", "full"), "periodic" if number == 20 else "reconfig")
    assert (house.drafts, house.tries) == (1, [])
    waits.callback(None)
    assert house.drafts == 2
    assert [(url, reason) for url, reason, _ in house.tries] == [("https://49.example", "start")]


def test_a_periodic_report_that_had_to_wait_is_sent(house: House) -> None:
    """Though a reconfig came too, and it is as the last one was."""
    house.report(FULL, "start")
    house.end(ACCEPTED)
    house.filters.append(waits := defer.Deferred())
    house.report(FULL)
    house.report(FULL, "periodic")
    house.report(FULL)
    waits.callback(None)
    assert house.reasons() == ["start", "periodic"]


@pytest.mark.parametrize("fails", ["not sent", "an error", "broken"])
def test_a_reason_is_owed_until_a_report_is_sent(house: House, fails: str) -> None:
    """Whatever keeps the first one from being sent."""
    house.broken = fails == "broken"
    if not house.broken:
        house.filters.append(defer.fail(NotSent("because") if fails == "not sent" else ZeroDivisionError()))
    house.report(FULL, "start")
    assert house.said == [
        "nothing is sent: because" if fails == "not sent" else "nothing was reported: ZeroDivisionError"
    ]
    house.broken = False
    house.report(FULL)
    assert house.reasons() == ["start"]


def test_a_setting_that_changes_while_a_report_is_made_counts_at_once(house: House) -> None:
    """Off, and on again as it was: what was begun before is not sent."""
    house.filters.append(waits := defer.Deferred())
    house.report(FULL, "start")
    house.reporter.use(None)
    house.reporter.use(FULL)
    waits.callback(None)
    assert (house.tries, house.count(SENT)) == ([], 0)
    house.report(FULL)
    assert house.reasons() == ["start"]


@pytest.mark.parametrize("when", ["encoded", "stored"])
def test_a_setting_that_changes_at_the_last_moment_counts(
    house: House, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the report becomes bytes, or these are stored: nothing is sent by the setting before."""
    store = _storage.store

    def switch_off(*arguments: Any) -> Any:
        house.reporter.use(None)
        return store(*arguments) if arguments else None

    if when == "encoded":
        house.meanwhile = switch_off
    else:
        monkeypatch.setattr(_storage, "store", switch_off)
    house.report(FULL, "start")
    assert (house.tries, house.said) == ([], [])
    house.meanwhile = lambda: None
    monkeypatch.setattr(_storage, "store", store)
    house.report(FULL)
    assert house.reasons() == ["start"]


def test_a_reconfigs_report_that_was_withdrawn_is_new_when_it_is_wanted_again(house: House) -> None:
    """The collector does not have it."""
    house.report(FULL, "reconfig")
    house.reporter.use(None)
    house.end(LATER)
    house.report(FULL)
    assert house.reasons() == ["reconfig", "reconfig"]


@pytest.mark.parametrize("error", [NotSent("because"), StillRuns("because"), ZeroDivisionError()])
def test_where_nothing_can_be_said_now_what_was_to_be_said_is_withdrawn(house: House, error: Exception) -> None:
    """It does not describe the master any more."""
    house.report(FULL, "start")
    house.filters.append(defer.fail(error))
    house.report(FULL)
    assert (house.withdrawn, house.count(WITHDRAWN)) == (1, 1)
    house.end(LATER)
    house.clock.advance(100_000)
    house.report(FULL)
    assert house.reasons() == ["start", "start"]


def test_a_period_that_changes_counts_from_then(house: House) -> None:
    """And none is left when reporting is off."""
    day = 86_400
    house.report(Setting("https://a.example", "full", every=2), "start")
    house.end(ACCEPTED)
    house.clock.advance(2 * day)
    house.end(ACCEPTED)
    house.report(Setting("https://a.example", "full", every=3))
    house.clock.advance(2 * day)
    assert house.reasons() == ["start", "periodic"]
    house.clock.advance(day)
    assert house.reasons() == ["start", "periodic", "periodic"]
    house.reporter.use(None)
    house.clock.advance(30 * day)
    assert len(house.tries) == 3


def test_that_a_function_has_not_ended_is_said_once(house: House) -> None:
    """And again where another one has not, after it ended."""
    custom = Setting("https://a.example", "custom", _function())
    for _ in range(3):
        house.filters.append(defer.fail(StillRuns("the function has not ended")))
        house.report(custom, "periodic")
    assert house.said == ["nothing is sent: the function has not ended"]
    house.report(custom, "periodic")
    house.filters.append(defer.fail(StillRuns("the function has not ended")))
    house.report(custom, "periodic")
    assert house.count("nothing is sent: the function has not ended") == 2


def test_a_master_has_one_reporter(house: House) -> None:
    """A service that is made anew finds what the one before began."""
    assert reporter_of(house.master, house.clock) is reporter_of(house.master, house.clock)
    assert reporter_of(SimpleNamespace(basedir="/m"), house.clock) is not reporter_of(house.master, house.clock)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file can be written."""

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_files, "_write", refuse)


SECRET = "5" * 64


@pytest.mark.parametrize("removable", [True, False])
def test_a_report_that_no_file_has_is_said_once(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_disk: None, removable: bool
) -> None:
    """Also where the secret is there since long; an older file that cannot be removed is said to be one."""
    (tmp_path / "usage-report.secret").write_text(SECRET)
    (tmp_path / "usage-report.json").write_text("{}")
    if not removable:
        monkeypatch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(PermissionError()))
    for number in range(3):
        house.facts = {"db": f"{number}", "builders": [["x" * 100]] * 700}
        house.report(FULL)
    assert (tmp_path / "usage-report.json").exists() != removable
    told = [line for line in house.said if not line.startswith(SENT) and line != WITHDRAWN]
    old = "" if removable else ": the file that is there is an older report"
    assert told == [
        f"usage-report.json cannot be written in the master's directory, so the log alone has what is sent{old}"
    ]
    line = next(line for line in house.said if line.startswith(SENT))
    assert "see usage-report.json" not in line
    assert json.loads(line.removeprefix("sending "))["builders"] == [["x" * 100]] * 700


def test_a_report_that_is_too_long_for_the_log_is_said_to_be_cut(house: House, full_disk: None) -> None:
    """Where nothing else has it, as much as a line holds."""
    house.facts = {"builders": [["x" * 100]] * 2000}
    house.report(FULL, "start")
    (line,) = (line for line in house.said if line.startswith(SENT))
    assert line.startswith('sending {"builders":[["xxx')
    assert line.endswith(" bytes]")
    assert " [cut here: the report has 21" in line
    assert len(line) == _storage.LINE
    assert house.count("a secret cannot be kept in the master's directory") == 1


def test_what_a_file_has_is_cited(house: House, tmp_path: Path) -> None:
    """Where it could be written."""
    house.facts = {"builders": [["x" * 100]] * 2000}
    house.report(FULL, "start")
    assert "2000 builders: see usage-report.json" in house.said[-1]
    assert len(json.loads((tmp_path / "usage-report.json").read_text())["builders"]) == 2000


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("waits", [False, True])
def test_a_configuration_counts_before_buildbot_tells_of_it(house: House, other: Setting | None, waits: bool) -> None:
    """Another service may be slow to stop, or fail: what is under way is withdrawn within a second, and not tried again."""
    house.configure(FULL)
    house.report(FULL, "start")
    if waits:
        house.end(LATER)
    house.configure(other)
    house.clock.advance(1)
    assert house.count(WITHDRAWN) == 1
    if not waits:
        assert house.withdrawn == 1
        house.end(LATER)
    house.clock.pump([60] * 100)
    assert len(house.tries) == 1


def test_a_configuration_that_says_the_same_withdraws_nothing(house: House) -> None:
    """Its service is another object, with an equal setting."""
    house.configure(FULL)
    house.report(FULL, "start")
    house.configure(Setting("https://a.example", "full"))
    house.clock.pump([1] * 5)
    assert house.withdrawn == 0
    house.end(ACCEPTED)
    house.clock.advance(1)
    assert house.clock.getDelayedCalls() == [], "nothing is looked at when nothing is to be delivered"


def test_no_draft_is_begun_or_handed_over_under_an_older_configuration(house: House) -> None:
    """Whenever it changed."""
    house.configure(FULL)
    waits: defer.Deferred[None] = defer.Deferred()
    house.filters.append(waits)
    house.report(FULL, "start")
    house.configure(None)
    waits.callback(None)
    assert house.tries == []
    house.report(FULL)
    house.configure(None)
    house.reporter.report("periodic")
    assert house.withdrawn == 1
