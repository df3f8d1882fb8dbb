"""The scan: what a name stands for decides, and no word alone."""

from __future__ import annotations

import ast
from pathlib import Path

import buildbot.scripts
import pytest

from headcount.client.advice import Concern, Source, find, read_sources

NEWEST = (4, 3, 0)


def _find(*texts: str, running: tuple[int, int, int] | None = NEWEST) -> list[Concern]:
    names = ["master.cfg", *(f"own{number}.py" for number in range(1, len(texts)))]
    return find([Source(name, ast.parse(text)) for name, text in zip(names, texts, strict=True)], (), running)


def _places(*texts: str) -> list[tuple[str, str | None]]:
    return [(concern.name, concern.place) for concern in _find(*texts)]


@pytest.mark.parametrize(
    "text",
    [
        "from buildbot.process.properties import WithProperties as W\nx = 1\nW('%(a)s')",
        "import buildbot.process.properties as p\nx = 1\np.WithProperties('%(a)s')",
        "import buildbot.process.properties\nx = 1\nbuildbot.process.properties.WithProperties('%(a)s')",
        "from buildbot.plugins import util\nW = util.WithProperties\nW('%(a)s')",
        "from buildbot.plugins import *\nx = 1\nutil.WithProperties('%(a)s')",
        "from buildbot.process.properties import *\nx = 1\nWithProperties('%(a)s')",
        "def configure():\n    from buildbot.plugins import util\n    return util.WithProperties('%(a)s')",
        "try: from buildbot.plugins.util import WithProperties as W\nexcept ImportError: W = None\nW('%(a)s')",
        "from buildbot.plugins import util\nx = 1\n[util.WithProperties(a) for a in 'ab']",
    ],
)
def test_an_alias_hides_nothing(text: str) -> None:
    """A name is found by whatever way it was imported or renamed."""
    assert _places(text)[-1] == ("WithProperties", "master.cfg:3")


def test_an_import_counts_where_nothing_uses_it() -> None:
    """What is imported and not used in a file is found at the import, as a removed name breaks there."""
    text = "import os\nfrom buildbot.steps.slave import RemoveDirectory\n"
    assert _places(text) == [("buildbot.steps.slave", "master.cfg:2")]


@pytest.mark.parametrize(
    "text",
    [
        "class Own:\n    def describe(self): pass\n    def start(self): self.finished()",
        "from threading import Thread\nclass Own(Thread):\n    def start(self): pass",
        "from buildbot.plugins import steps\nclass Own(steps.Git):\n    def run(self): pass\n    def describe(self): pass",
        "from buildbot.plugins import steps\nclass Own(steps.Test):\n    def evaluateCommand(self, cmd): pass",
        "from buildbot.plugins import steps\nclass Own(steps.Compile):\n    def createSummary(self): pass",
        "from buildbot.plugins.steps import Git\nclass Own(Git):\n    def x(self): self.finished()\n    def finished(s): 0",
        "c = {}\nc['slaves'] = []\nc['status'] = 1",
        "c = BuildmasterConfig = {}\nother = {}\nother['slaves'] = []\nc['properties'] = {'slaves': 1, 'status': 2}",
        "c = BuildmasterConfig = {}\nc[slaves] = 1",
        "from buildbot.plugins import steps\nsteps.ShellCommand(usePTY=True)",
        "from buildbot.plugins import reporters\nreporters.MailNotifier(fromaddr='a@b')",
        "def MailNotifier(mode): pass\nMailNotifier(mode=1)",
        "from buildbot.reporters.irc import IRC\nclass Own(IRC):\n    def __init__(self, categories): 0\nOwn(categories=1)",
        "from own import WithProperties\nWithProperties('a')",
        "from buildbot.plugins import util\ndef configure(util):\n    return util.WithProperties('a')",
        "from buildbot.plugins import util\n[util.WithProperties for util in []]",
        "from buildbot.plugins import util\nutil = object()\nutil.WithProperties('a')",
        "from buildbot.plugins import schedulers, steps\nschedulers.Dependent()\nsteps.SetProperty(property='p')",
        "from buildbot.steps.source.git import Git\nfrom buildbot.plugins import steps\nGit(), steps.SVN()",
        "from buildbot.plugins import util\nutil.BuildFactory().addStep(factory.Step)",
        "from buildbot.plugins import steps, util\nstep = steps.ShellCommand()\nutil.BuildFactory().addStep(step)",
        "from buildbot.plugins import util\nutil.BuilderConfig(nextWorker=lambda builder, workers, request: 0)",
        "git.master.addChange(1)",
    ],
)
def test_the_same_word_in_another_meaning_is_no_alarm(text: str) -> None:
    """A word counts only for what Buildbot means by it."""
    assert not _find(text)


def test_what_the_other_files_define_is_known() -> None:
    """A step's base, an alias and the configuration itself are followed from file to file."""
    master = (
        "from own1 import *\nimport own2\nc = BuildmasterConfig = {}\nown2.configure(c)\nOwn(usePTY='slave-config')\n"
    )
    steps = (
        "from buildbot.plugins import steps\nBase = steps.ShellCommand\nclass Own(Base):\n    def start(self): pass\n"
    )
    more = "from own1 import Own\nclass More(Own):\n    def getText(self, cmd, results): pass\n"
    more += "def configure(conf):\n    conf['slaves'] = []\n"
    assert _places(master, steps, more) == [
        ("usePTY='slave-config'", "master.cfg:5"),
        ("BuildStep.start", "own1.py:4"),
        ("BuildStep.getText", "own2.py:3"),
        ("c['slaves']", "own2.py:5"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "BuildmasterConfig = {'slaves': []}",
        "BuildmasterConfig = dict(slaves=[])",
        "BuildmasterConfig: dict = {'slaves': []}",
        "c = {}; c['slaves'] = []; BuildmasterConfig = c",
        "c = BuildmasterConfig = {}; c.update(slaves=[])",
        "c = BuildmasterConfig = {}; c.update({'slaves': []})",
        "c = BuildmasterConfig = {}; c |= {'slaves': []}",
        "c = BuildmasterConfig = {}; c.setdefault('slaves', []).append(1)",
        "c = BuildmasterConfig = {}; c['slaves'].append(1); c['slaves'].append(2)",
    ],
)
def test_a_key_is_found_however_it_is_set(line: str) -> None:
    """A key of the configuration is told once in a file, at its first place."""
    assert _places(line) == [("c['slaves']", "master.cfg:1")]


def test_an_argument_is_followed_to_the_class_that_takes_it() -> None:
    """An argument counts where a class of the administrator's, `super` or `partial` passes it on to Buildbot's."""
    text = (
        "import functools\nfrom buildbot.plugins import reporters\n"
        "class Own(reporters.MailNotifier):\n    def __init__(self, **given):\n"
        "        super().__init__(mode='all', **given)\n"
        "Own(builders=[])\n"
        "functools.partial(reporters.MailNotifier, tags=[])\n"
    )
    assert _places(text) == [
        ("MailNotifier(mode)", "master.cfg:5"),
        ("MailNotifier(builders)", "master.cfg:6"),
        ("MailNotifier(tags)", "master.cfg:7"),
    ]


@pytest.mark.parametrize(("running", "kind"), [(None, "removed"), ((2, 10, 5), "deprecated"), ((3, 0, 0), "removed")])
def test_removed_is_what_the_running_release_does_not_have(running: tuple[int, int, int] | None, kind: str) -> None:
    """What goes with a later release is deprecated here; where the release is not known, the list's newest counts."""
    (concern,) = _find("BuildmasterConfig = {'status': []}", running=running)
    assert concern.kind == kind
    assert concern.text.partition(": ")[2].startswith("deprecated since Buildbot 0.9.0, removed in 3.0.0. ")


def test_a_class_of_the_report_is_told_once() -> None:
    """A class is told without a place only where no source has it."""
    names = ["buildbot.secrets.providers.vault.HashiCorpVaultSecretProvider", "buildbot.steps.shell.ShellCommand"]
    source = Source(
        "master.cfg", ast.parse("from buildbot.plugins import secrets\nsecrets.HashiCorpVaultSecretProvider()")
    )
    assert [concern.place for concern in find([], names, NEWEST)] == [None]
    assert [concern.place for concern in find([source], names, NEWEST)] == ["master.cfg:2"]


def test_the_sample_of_buildbot_has_nothing() -> None:
    """The configuration that Buildbot creates for a new master is no cause for advice."""
    sample = Path(buildbot.scripts.__file__).parent / "sample.cfg"
    sources = read_sources(sample)
    assert [source.unread for source in sources] == [""]
    assert sources[0].tree.body
    assert not find(sources, (), NEWEST)


def test_what_is_deep_or_circular_ends() -> None:
    """A long sum, an alias of itself and classes that derive from each other are gone over without an error."""
    assert not _find("x = " + " + ".join(["'a'"] * 800))
    chain = "if x == 0: pass\n" + "".join(f"elif x == {number}: c['status'] = 1\n" for number in range(700))
    assert _places("c = BuildmasterConfig = {}\n" + chain) == [("c['status']", "master.cfg:3")]
    assert not _find("from own1 import A", "from own2 import A", "from own1 import A\nclass B(A): pass\nB(usePTY=1)")
    assert not _find("from own1 import *\nA()", "from own2 import *\nfrom master import *", "from own1 import *")
    assert not _find("class A(A): pass\nclass A(A): pass\nA(mode=1)\nb = b.c\nb.d")
