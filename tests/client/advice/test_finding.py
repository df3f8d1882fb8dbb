"""Finding features in files: by what names stand for, over several files, and without fault in any text."""

from __future__ import annotations

import pytest

from headcount.client.advice import Source
from headcount.client.advice._finding import found

STAR = "from buildbot.plugins import *\n"


def uses(*files: str) -> list[tuple[str, str, int]]:
    """Find in files, the first of them ``master.cfg``, and the others ``m1.py`` and so on."""
    named = [Source(f"m{number}.py" if number else "master.cfg", text.encode()) for number, text in enumerate(files)]
    return [(use.feature.feature, use.file, use.line) for use in found(named)]


@pytest.mark.parametrize(
    "text",
    [
        STAR + "x = util.WithProperties('x')",
        "from buildbot.process.properties import *\nx = WithProperties('x')",
        "from buildbot.process.properties import Property as P\nimport buildbot.process.properties as p; p.WithProperties",
        "import buildbot.process.properties\nx = buildbot.process.properties.WithProperties('x')",
        "from buildbot.process import properties as p\ndef f():\n    return p.WithProperties('x')",
    ],
)
def test_a_name_is_found_however_it_was_imported(text: str) -> None:
    """By modules, under other names, and with stars."""
    assert [feature for feature, _, _ in uses(text)] == ["WithProperties"]


@pytest.mark.parametrize(
    "text",
    [
        STAR + "class Scheduler:\n    pass\nx = Scheduler()",
        "from own import WithProperties\nx = WithProperties('x')",
        STAR + "x = util.BuilderConfig(name='x', tags=['category'])",
        STAR + "d = {}\nd['status'] = 1",
        STAR + "x = steps.ShellCommand(usePTY=True)",
        STAR + "class Own(schedulers.Triggerable):\n    def start(self):\n        pass",
        STAR + "class Own(steps.ShellCommand):\n    def start(self):\n        pass\n    def run(self):\n        pass",
        STAR + "class Own(steps.Compile):\n    def evaluateCommand(self, cmd):\n        pass",
        STAR + "class Own(steps.Compile):\n    def createSummary(self):\n        pass",
        STAR + "x = MailNotifier(mode='x')\ndef MailNotifier(mode):\n    pass",
        STAR + "x = reporters.BuildStatusGenerator(mode='all')",
        "# util.WithProperties\nx = 'util.WithProperties'",
    ],
)
def test_what_is_no_use_is_not_found(text: str) -> None:
    """Names of one's own, other dictionaries, other values, and methods that are still called."""
    assert uses(text) == []


def test_a_step_is_known_through_bases_of_other_files() -> None:
    """Whichever file is read first, and under the name that an import gave it."""
    derived = "from m1 import Middle\nclass Last(Middle):\n    def evaluateCommand(self, cmd):\n        pass"
    middle = STAR + "class Middle(steps.ShellCommand):\n    pass"
    assert uses(derived, middle) == [("steps of the old style: evaluateCommand()", "master.cfg", 3)]


def test_uses_stand_in_the_order_of_the_list_and_each_line_once() -> None:
    """First by feature, then ``master.cfg`` before others, then by line."""
    twice = STAR + "x = [util.WithProperties('a'), util.WithProperties('b')]\n"
    assert uses(twice + "c['status'] = 1", twice) == [
        ("WithProperties", "master.cfg", 2), ("WithProperties", "m1.py", 2), ("c['status']", "master.cfg", 3)
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"print 'two'", b"\0", b"\xff", b"(" * 5000, b""])
def test_what_is_no_python_is_left_out(content: bytes) -> None:
    """Python 2, and any other bytes."""
    assert found([Source("master.cfg", content)]) == []
