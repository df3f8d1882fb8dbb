"""The tool that makes the vocabulary, on small packages written for the purpose."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # `tools` is not installed

from tools.vocabulary._classes import classes_of_buildbot, classes_of_package  # noqa: E402
from tools.vocabulary._fold import fold  # noqa: E402
from tools.vocabulary._kind import Codebase  # noqa: E402
from tools.vocabulary._source import read_archive, read_entry_points, read_modules  # noqa: E402

BASE = {
    "buildbot/__init__.py": "",
    "buildbot/util/__init__.py": "",
    "buildbot/util/service.py": "class BuildbotService: pass\nclass BuildbotServiceManager: pass\n",
    "buildbot/process/buildstep.py": "from buildbot import util\nclass BuildStep(util.Mixin): pass\n",
    "buildbot/changes/base.py": "from ..util.service import BuildbotService\nclass ChangeSource(BuildbotService): pass\n",
    "buildbot/reporters/base.py": "from buildbot.util import service\nclass ReporterBase(service.BuildbotService): pass\n",
}


def codebase(**files: str) -> Codebase:
    """A release with the modules of `BASE` and these; ``steps__git`` is ``buildbot/steps/git.py``."""
    named = {f"buildbot/{name.replace('__', '/')}.py": text for name, text in files.items()}
    return Codebase(read_modules({**BASE, **named}, "buildbot"))


def write_wheel(path: Path, files: dict[str, str]) -> Path:
    """A wheel, as far as the tool looks at one."""
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


def test_kind_follows_imports_across_modules() -> None:
    """A class is what its farthest known ancestor is for, however the classes between were imported."""
    release = codebase(
        steps__shell="from buildbot.process import buildstep as bs\nclass Shell(Mixin, bs.BuildStep): pass\n",
        steps__make="from buildbot.steps import shell\nclass Make(shell.Shell): pass\n",
        steps__all="from buildbot.steps.make import *\n",
        steps__deep="from .all import Make as Parent\nAlias = Parent\nclass Deep(Alias): pass\n",
        changes__poll="import buildbot.changes.base\nclass Poll(buildbot.changes.base.ChangeSource): pass\n",
    )
    assert release.kind("buildbot.steps.deep.Deep") == "step"
    assert release.kind("buildbot.changes.poll.Poll") == "change source"
    assert release.kind("buildbot.util.service.BuildbotServiceManager") == "other"


def test_services_are_told_from_reporters_and_generators() -> None:
    """A service under reporters, or over one, is a reporter; other classes there are not; generators are their own kind."""
    release = codebase(
        reporters__mail="from .base import ReporterBase\nclass Mail(ReporterBase): pass\nclass Text: pass\n",
        reporters__generators__build="class Generator: pass\n",
        stats="from buildbot.util.service import BuildbotService\nclass Stats(BuildbotService): pass\n",
    )
    paths = ("reporters.mail.Mail", "reporters.mail.Text", "reporters.generators.build.Generator", "stats.Stats")
    kinds = [release.kind(f"buildbot.{path}") for path in paths]
    assert kinds == ["reporter", "other", "report generator", "service"]


def test_modules_that_import_each_other_end() -> None:
    """Two modules that import a name from each other, and a class over itself, do not keep the tool for ever."""
    release = codebase(
        a="from buildbot.b import X\nclass Y(X): pass\n", b="from buildbot.a import X\n", c="class Z(Z): pass\n"
    )
    assert release.kind("buildbot.a.Y") == "other"
    assert release.kind("buildbot.c.Z") == "other"


def test_classes_under_if_and_try_count_private_and_nested_ones_do_not() -> None:
    """Only classes of a module's top level are public, those under ``if`` and ``try`` among them."""
    text = (
        "try:\n    class A: pass\nexcept ImportError:\n    class B: pass\n"
        "if True:\n    class C:\n        class Inner: pass\nelse:\n    class D: pass\n"
        "def f():\n    class E: pass\nclass _F: pass\n"
    )
    found = {path for path in codebase(m=text).classes if path.startswith("buildbot.m.")}
    assert found == {f"buildbot.m.{name}" for name in "ABCD"}


def test_an_unparsable_file_is_still_read() -> None:
    """Text that is no Python 3 gives its classes and bases all the same, and a complaint that names the module."""
    complaints: list[str] = []
    files = {"buildbot/old.py": "print 'x'\nclass Old(base.Thing, object):\n    pass\nclass Bare:\n  class In: pass\n"}
    modules = read_modules(files, "buildbot", complain=complaints.append)
    assert modules["buildbot.old"].classes == {"Old": ("base.Thing", "object"), "Bare": ()}
    assert len(complaints) == 1
    assert "buildbot.old" in complaints[0]


def test_tests_and_strangers_are_skipped() -> None:
    """The tests inside a package, other top-level modules and scripts without a module's name are not read."""
    files = dict.fromkeys(
        ("p/a.py", "p/test/b.py", "p/sub/tests/c.py", "other/d.py", "p/no-module.py"), "class K: pass"
    )
    assert set(read_modules(files, "p")) == {"p.a"}


def test_a_moved_class_folds() -> None:
    """A class that went while one of its name and kind came is one class, under its newest path, without chains."""
    step = "from buildbot.process.buildstep import BuildStep\nclass S(BuildStep): pass\n"
    doubts: list[str] = []
    moved = fold([codebase(a=step), codebase(b=step), codebase(c=step)], {}, doubt=doubts.append)
    assert moved == {"buildbot.a.S": "buildbot.c.S", "buildbot.b.S": "buildbot.c.S"}
    assert doubts == []


def test_a_re_export_decides_between_two() -> None:
    """Of two new classes of one name, the one that the old module imports is the one that moved."""
    old = codebase(config="class Git: pass\n")
    new = codebase(config="from buildbot.x import Git\n", x="class Git: pass\n", y="class Git: pass\n")
    assert fold([old, new], {}) == {"buildbot.config.Git": "buildbot.x.Git"}


def test_two_classes_of_one_name_do_not_fold() -> None:
    """Where a move is not sure — two came, the kinds differ, both live — nothing is folded, and a person is told."""
    step = "from buildbot.process.buildstep import BuildStep\nclass Git(BuildStep): pass\n"
    plain = "class Git: pass\n"
    for later in (codebase(b=plain, c=plain), codebase(b=step)):
        doubts: list[str] = []
        assert fold([codebase(a=plain), later], {}, doubt=doubts.append) == {}
        assert len(doubts) == 1
    assert fold([codebase(a=plain), codebase(a=plain, b=plain)], {}) == {}


def test_a_distinct_path_is_left_alone() -> None:
    """A person's word that a path is a class of its own wins over the rule."""
    releases = [codebase(a="class Test: pass\n"), codebase(b="class Test: pass\n")]
    assert fold(releases, {}, distinct=["buildbot.a.Test"]) == {}


def test_the_two_styles_of_steps_fold_into_one() -> None:
    """A step that left its module for ``_oldstyle`` beside a ``NewStyle`` twin, and came back, is one class throughout."""
    plain = "class Shell: pass\n"
    releases = [
        codebase(shell=plain),
        codebase(shell="class ShellNewStyle: pass\n", shell_oldstyle=plain),
        codebase(shell=plain),
    ]
    classes, moved = classes_of_buildbot(dict(zip(("2.8.4", "2.9.0", "3.0.0"), releases, strict=True)))
    one = "buildbot.shell.Shell"
    assert moved == {"buildbot.shell.ShellNewStyle": one, "buildbot.shell_oldstyle.Shell": one}
    assert classes[one] == {"kind": "other", "since": "2.8.4"}


def test_a_class_that_is_gone_says_until_when() -> None:
    """``until`` is the last release that had a class under any of its paths; what the newest has, has none."""
    releases = {"1.0.0": codebase(a="class A: pass\n"), "1.1.0": codebase(b="class A: pass\n"), "2.0.0": codebase()}
    classes, _ = classes_of_buildbot(releases)
    assert classes["buildbot.b.A"] == {"kind": "other", "since": "1.0.0", "until": "1.1.0"}
    assert classes["buildbot.reporters.base.ReporterBase"] == {"kind": "reporter", "since": "1.0.0"}


def test_plugin_packages_take_their_kind_from_buildbot() -> None:
    """A plugin's bases are found through ``buildbot.plugins``, and in an older release where the newest lost them."""
    shell = "from buildbot.process.buildstep import BuildStep\nclass Shell(BuildStep): pass\n"
    modules = read_modules({**BASE, "buildbot/steps.py": shell}, "buildbot")
    older = codebase(lost="from buildbot.reporters.base import ReporterBase\nclass Push(ReporterBase): pass\n")
    newer = Codebase(modules, {"buildbot.plugins.steps.Shell": "buildbot.steps.Shell"})
    files = {
        "plug/__init__.py": "from buildbot.plugins import steps\nclass Mine(steps.Shell): pass\n",
        "plug/push.py": "from buildbot.lost import Push\nclass Chat(Push): pass\n",
    }
    versions = {"1.2": read_modules(files, "plug")}
    classes, moved = classes_of_package("plug-in", versions, {"1.0.0": older, "2.0.0": newer})
    assert moved == {}
    assert classes == {
        "plug.Mine": {"kind": "step", "since": "1.2", "package": "plug-in"},
        "plug.push.Chat": {"kind": "reporter", "since": "1.2", "package": "plug-in"},
    }


def test_a_package_finds_its_bases_in_another_one_and_keeps_what_moved() -> None:
    """A class over one of another package has its kind; of two versions, what moved is one class, what went says when."""
    step = "from buildbot.process.buildstep import BuildStep\nclass Mine(BuildStep): pass\n"
    beside = read_modules({"chat/__init__.py": "from buildbot.reporters.base import ReporterBase as Chat\n"}, "chat")
    versions = {
        "1": read_modules({"plug/__init__.py": f"{step}class Gone: pass\n"}, "plug"),
        "2": read_modules({"plug/a.py": f"{step}from chat import Chat\nclass Loud(Chat): pass\n"}, "plug"),
    }
    classes, moved = classes_of_package("plug-in", versions, {"1.0.0": codebase()}, beside)
    assert moved == {"plug.Mine": "plug.a.Mine"}
    assert classes == {
        "plug.a.Mine": {"kind": "step", "since": "1", "package": "plug-in"},
        "plug.a.Loud": {"kind": "reporter", "since": "2", "package": "plug-in"},
        "plug.Gone": {"kind": "other", "since": "1", "until": "1", "package": "plug-in"},
    }


@pytest.mark.parametrize(
    ("mixin", "kind"),
    [
        ("process.buildstep.ShellMixin", "step"),
        ("process.buildstep.CommandMixin", "step"),
        ("steps.worker.CompositeStepMixin", "step"),
        ("steps.configurable.BuildbotTestCiReadConfigMixin", "step"),
        ("util.git.GitStepMixin", "step"),
        ("util.codebase.AbsoluteSourceStampsMixin", "scheduler"),
        ("util.latent.CompatibleLatentWorkerMixin", "worker"),
        ("util.pullrequest.PullRequestMixin", "change source"),
        ("util.state.StateMixin", "other"),
    ],
)
def test_a_mixin_is_of_the_kind_of_what_it_is_mixed_into(mixin: str, kind: str) -> None:
    """And so is what is over the mixin alone; what is over a class of another kind too is of that kind."""
    module, _, name = mixin.rpartition(".")
    home = {} if module == "process.buildstep" else {module.replace(".", "__"): f"class {name}: pass\n"}
    if module == "process.buildstep":
        home = {"process__buildstep": f"{BASE['buildbot/process/buildstep.py']}class {name}: pass\n"}
    over = f"from buildbot.{module} import {name}\nfrom buildbot.changes.base import ChangeSource\n"
    release = codebase(**home, mine=f"{over}class Bare({name}): pass\nclass Poll({name}, ChangeSource): pass\n")
    assert release.kind(f"buildbot.{mixin}") == release.kind("buildbot.mine.Bare") == kind
    assert release.kind("buildbot.mine.Poll") == "change source"


def test_a_hook_over_a_mixin_of_change_sources_is_none() -> None:
    """Buildbot's handlers of hooks share a mixin with its pollers, and no report counts them."""
    release = codebase(
        util__pullrequest="class PullRequestMixin: pass\n",
        www__hooks__github="from buildbot.util.pullrequest import PullRequestMixin\nclass H(PullRequestMixin): pass\n",
    )
    assert release.kind("buildbot.www.hooks.github.H") == "other"


def test_what_is_above_classes_of_other_kinds_is_known() -> None:
    """So that a person sees which class of kind other may be a mixin."""
    over = "from .process.buildstep import BuildStep\nfrom .help import Help\nclass S(Help, BuildStep): pass\n"
    assert codebase(help="class Help: pass\nclass No: pass\n", s=over).heirs() == {"buildbot.help.Help": {"step"}}


def test_wheels_and_source_distributions_read_alike(tmp_path: Path) -> None:
    """Of both kinds of archive the package's files are found where the package would be installed."""
    module, points = "class K: pass\n", "    [buildbot.www]\n    some-View = plug:ep\n"
    wheel = write_wheel(
        tmp_path / "plug-1-py3-none-any.whl", {"plug/a.py": module, "plug-1.dist-info/entry_points.txt": points}
    )
    sdist = tmp_path / "plug-1.tar.gz"
    with tarfile.open(sdist, "w:gz") as archive:
        for name, text in (("src/plug/a.py", module), ("src/plug.egg-info/entry_points.txt", points)):
            content = tmp_path / "content"
            content.write_text(text, encoding="utf-8")
            archive.add(content, f"plug-1/{name}")
    for path in (wheel, sdist):
        files = read_archive(path)
        assert set(read_modules(files, "plug")) == {"plug.a"}
        assert read_entry_points(files) == {"buildbot.www": {"some-View": "plug.ep"}}
