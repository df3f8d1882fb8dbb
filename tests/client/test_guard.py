"""The guard: what a function adds by mistake is not sent, and what is ordinary is."""

from __future__ import annotations

import copy
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from headcount.client._guard import Found, Private, find_private
from headcount.client._private import of_configuration, of_machine
from headcount.contract import vocabulary

GIVEN: dict[str, Any] = {
    "installid": "0123456789abcdef0123456789abcdef01234567",
    "versions": {"Buildbot": "4.3.0", "Python": "3.11.7", "Twisted": "26.10.0"},
    "platform": {"system": "Linux", "machine": "x86_64", "distro": "debian:12", "version": "6.1",
                 "python_implementation": "CPython"},
    "plugins": {"buildbot.steps.source.git.Git": 4, ">>buildbot.steps.shell.ShellCommand": 2,
                "buildbot.worker.base.Worker": 3, "buildbot.process.build.Build": 1},
    "db": "sqlite",
    "mq": "simple",
    "www_plugins": ["custom", "waterfall_view"],
    "builders": [["buildbot.steps.source.git.Git", ">>buildbot.steps.shell.ShellCommand"]],
    "multi_master": False,
}  # fmt: skip

PRIVATE = {
    "the host's name": "ci-master7",
    "the host's domain": "corp.example",
    "the user's name": "alice",
    "the master's directory": "srv/acme/master",
    "a builder's name": "release-eagle",
    "a URL or an address of the configuration": "https://git.corp.example/acme/engine.git",
    "the name of a class": "DeployEagle",
}


def _with(path: str, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(GIVEN)
    section, _, key = path.partition(".")
    if key:
        made[section][key] = value
    else:
        made[section] = value
    return made


@pytest.mark.parametrize("what", PRIVATE)
@pytest.mark.parametrize("form", ["{}", "x-{}", "{}:12", "on {} now", ">>{}", "<{}>", "_{}_"])
@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("db", lambda text: text),
        ("platform.distro", lambda text: text),
        ("versions.Buildbot", lambda text: text),
        ("plugins", lambda text: {text: 1}),
        ("www_plugins", lambda text: ["waterfall_view", text]),
        ("builders", lambda text: [[text]]),
    ],
)
def test_a_private_text_is_found_wherever_it_is_put(
    what: str, form: str, path: str, place: Callable[[str], Any]
) -> None:
    """As whole words, in any case, with whatever before and after it; the field is named, and not the text."""
    private = [Private(name, text) for name, text in PRIVATE.items()]
    for text in (PRIVATE[what], PRIVATE[what].upper()):
        found = find_private(GIVEN, _with(path, place(form.format(text))), private)
        assert found is not None
        assert found.field == path
        assert PRIVATE[what] not in found.what


def test_a_part_of_a_word_is_no_word() -> None:
    """A builder named `eagle` does not stop `eagles`."""
    assert find_private(GIVEN, _with("db", "eagles"), [Private("a builder's name", "eagle")]) is None


def test_what_was_collected_is_not_looked_at() -> None:
    """It consists of closed forms and public names; a host may well be called `debian`."""
    assert find_private(GIVEN, GIVEN, [Private("the host's name", text) for text in ("sqlite", "4.3.0")]) is None


@pytest.mark.parametrize("text", ["10.1.2.3", "host-10.1.2.3:80", "fe80::1", "[2001:db8::7]", "::1", "127.0.0.1."])
def test_an_address_is_private_whosever_it_is(text: str) -> None:
    """IPv4 and IPv6."""
    assert find_private(GIVEN, _with("platform.distro", text), []) == Found("platform.distro", "an address")


ORDINARY = ("linux", "debian", "build", "git", "w1", "worker1", "buildbot", "master", "test", "docs", "3.11", "x86_64")
"""Names that builders, workers, schedulers, hosts and users have everywhere."""


def _functions() -> Iterator[Callable[[dict[str, Any]], dict[str, Any]]]:
    """What administrators' functions do to a report without meaning to add anything."""

    def slashes(report: dict[str, Any]) -> dict[str, Any]:
        return {**report, "plugins": {name.replace(".", "/"): count for name, count in report["plugins"].items()}}

    def short(report: dict[str, Any]) -> dict[str, Any]:
        return {**report, "plugins": {name.rpartition(".")[2]: count for name, count in report["plugins"].items()}}

    def lower(report: dict[str, Any]) -> dict[str, Any]:
        return {**report, "platform": {key: text.lower() for key, text in report["platform"].items()}}

    def coarse(report: dict[str, Any]) -> dict[str, Any]:
        versions = {key: text.rpartition(".")[0] for key, text in report["versions"].items()}
        return {**report, "versions": versions, "platform": {**report["platform"], "distro": "debian"}}

    def vague(report: dict[str, Any]) -> dict[str, Any]:
        return {**report, "platform": {"system": "other", "distro": "other"}, "db": "other", "www_plugins": []}

    def few(report: dict[str, Any]) -> dict[str, Any]:
        return {key: report[key] for key in ("versions", "db")}

    def merged(report: dict[str, Any]) -> dict[str, Any]:
        return {**report, "plugins": {"custom": sum(report["plugins"].values())}, "builders": []}

    def theirs(report: dict[str, Any]) -> dict[str, Any]:
        return {
            **report,
            "platform": {**report["platform"], "system": "Windows", "distro": "windows:10"},
            "db": "mysql",
        }

    yield from (slashes, short, lower, coarse, vague, few, merged, theirs)


def test_ordinary_names_raise_no_alarm() -> None:
    """Eight ordinary functions, in a configuration where everything has an ordinary name: no false alarm of all."""
    private = [Private("a builder's name", name) for name in ORDINARY]
    found = {function.__name__: find_private(GIVEN, function(GIVEN), private) for function in _functions()}
    assert [name for name, alarm in found.items() if alarm is not None] == []


def test_what_is_private_of_a_configuration() -> None:
    """Names, URLs with their hosts, users, passwords and the names of its own classes; of a secret nothing is asked."""

    class DeployEagle:
        def __init__(self) -> None:
            self.kwargs = {"repourl": "https://git.corp.example/acme/engine.git", "env": {"password": "tellnobody"}}

    class Secret:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"a secret was asked for its {name}")

    builder = SimpleNamespace(
        name="release-eagle", properties={"eaglet": 1}, factory=SimpleNamespace(steps=[DeployEagle()])
    )
    config = SimpleNamespace(
        builders=[builder],
        workers=[SimpleNamespace(workername="nest7", password="feather")],
        schedulers={"s": SimpleNamespace(name="nightly-eagle")},
        services={"mail": SimpleNamespace(name="mail", fromaddr="alice@corp.example", password=Secret())},
        title="Eagle",
        buildbotURL="https://ci.corp.example/",
        db={"db_url": "postgresql://bb:hunter2@db.corp.example/bb"},
    )
    texts = {private.text for private in of_configuration(config, vocabulary())}
    assert {"release-eagle", "eaglet", "nest7", "feather", "nightly-eagle", "alice@corp.example", "git.corp.example",
            "tellnobody", "hunter2", "ci.corp.example", "db.corp.example", "https://ci.corp.example"} <= texts  # fmt: skip
    assert any(text.endswith("DeployEagle") for text in texts)


REAL = """
    class DeployEagle(steps.ShellCommand):
        pass

    c = BuildmasterConfig = {
        'title': 'title7', 'titleURL': 'https://titleurl7.corp/', 'buildbotURL': 'https://bburl7.corp/',
        'db_url': 'postgresql://dbuser7:dbpass7@dbhost7.corp/bb',
        'properties': {'global7': 'https://globalurl7.corp/x'},
        'workers': [worker.Worker('worker7', 'wpass7', properties={'wprop7': 1}, notify_on_missing='mail7@corp.x')],
        'builders': [util.BuilderConfig('builder7', workernames=['worker7'], properties={'bprop7': 1},
            factory=util.BuildFactory([
                steps.Git(repourl='ssh://git@repo7.corp/x.git'), steps.Git(repourl='/srv/path7/x.git'),
                DeployEagle(command=['true'], name='step7'), steps.SetProperty(property='setprop7', value='v'),
                steps.Trigger(schedulerNames=['trigger7'], set_properties={'tprop7': 'x'})]))],
        'schedulers': [
            schedulers.ForceScheduler('force7', builderNames=['builder7'], properties=[util.StringParameter('fprop7')]),
            schedulers.Triggerable('trigger7', builderNames=['builder7'], properties={'sprop7': 1}),
            schedulers.SingleBranchScheduler('single7', builderNames=['builder7'],
                change_filter=util.ChangeFilter(repository='https://filter7.corp/', branch='main'))],
        'change_source': [changes.GitPoller('https://poll7.corp/x.git', workdir='/srv/workdir7')],
        'services': [reporters.MailNotifier(fromaddr='from7@corp.x', relayhost='relay7', smtpUser='smtpuser7',
                                            smtpPassword='smtppass7'),
                     reporters.HttpStatusPush('https://push7.corp', auth=('pushuser7', 'pushpass7'))],
        'protocols': {'pb': {'port': 'tcp:0:interface=127.0.0.1'}},
        'buildbotNetUsageData': None,
    }
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # what Buildbot imports warns of itself
def test_what_is_private_of_a_real_configuration() -> None:
    """Every name, URL, user and password in it, wherever Buildbot's objects keep them."""
    from buildbot.config.master import MasterConfig
    from buildbot.plugins import changes, reporters, schedulers, steps, util, worker

    kinds = {"changes": changes, "reporters": reporters, "schedulers": schedulers, "steps": steps, "util": util}
    scope: dict[str, Any] = {**kinds, "worker": worker}
    exec(textwrap.dedent(REAL), scope)
    config = MasterConfig.loadFromDict(scope["c"], "master.cfg")
    private = set(of_configuration(config, vocabulary()))
    texts = {one.text for one in private}
    markers = set(re.findall(r"[a-z]+7", REAL)) | {"DeployEagle"}
    assert {marker for marker in markers if not any(marker in text for text in texts)} == set()
    assert {("the name of a class", "DeployEagle"), ("a builder's name", "builder7")} <= private
    assert "buildbot.process.buildstep" not in texts  # Buildbot's own


def test_what_is_private_of_a_machine(tmp_path: Path) -> None:
    """The host's names, the user's, and the directory's, links followed and not."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    found = dict.fromkeys(private.what for private in of_machine(tmp_path / "link"))
    texts = {private.text for private in of_machine(tmp_path / "link")}
    assert {"the host's name", "the user's name", "the master's directory"} <= set(found)
    assert {str(tmp_path / "real").strip("/"), str(tmp_path / "link").strip("/"), "link"} <= texts
