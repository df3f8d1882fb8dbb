"""What the documents say is so."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest

from headcount.client.policy import DEFAULT_PATH, OPTIONS
from headcount.contract import ACCOMPANIMENTS, CATALOG
from tests.support.command import Done, headcount
from tests.support.masters import SMALL, make_master
from tests.support.serving import serving
from tools.reference import administrator, reference
from tools.vocabulary._inputs import read_inputs
from tools.vocabulary._page import page

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^\$ (.+)$", README, re.MULTILINE)


def _command(line: str, cwd: Path) -> Done:
    return headcount(*line.split()[1:], as_process=True, cwd=cwd)


def test_every_command_of_the_readme_is_run() -> None:
    """By the tests of this file, but for `make demo`, which has its own, and `make test`, which is running."""
    assert COMMANDS == [
        "make demo",
        "make test",
        "headcount preview master",
        "headcount advise master",
        "headcount simulate --installs 2000 --days 730 --into data",
        "headcount serve --data data",
        "headcount ask versions --by python --data data",
    ]


def test_the_make_targets_are_there() -> None:
    """All that the README and the contributor's page name."""
    named = set(re.findall(r"`make (\w+)`", README + (ROOT / "docs" / "contributor.md").read_text())) | {"demo", "test"}
    for target in named:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_the_preview_of_the_readme_is_real(tmp_path: Path) -> None:
    """The same master prints it, but for the ids and the versions of this machine, and is advised; the page that says why
    shows it too.
    """
    configured = "\nc['buildbotNetUsageData'] = 'basic'\nc.setdefault('configurators', []).append(util.UsageData(url='https://headcount.example.org'))\n"
    assert all(line in README for line in configured.strip().splitlines())
    make_master(tmp_path / "master", SMALL + configured)
    done = _command(COMMANDS[2], tmp_path)
    assert done.returncode == 0, done.stderr
    (shown,) = re.findall(r"^\{.*\}$", README, re.MULTILINE)
    assert f"\n{shown}\n" in (ROOT / "docs" / "why.md").read_text()
    printed, expected = json.loads(done.stdout), json.loads(shown)
    assert list(printed) == list(expected)
    for key in ("plugins", "db", "mq", "www_plugins"):
        assert printed[key] == expected[key]
    for key in ("versions", "platform", "headcount"):
        assert printed[key].keys() == expected[key].keys()
    advised = _command(COMMANDS[3], tmp_path)
    assert (advised.returncode, advised.stdout) == (0, "Nothing was found that concerns this master.\n"), advised.stderr


def test_the_advice_of_the_page_that_says_why_is_real(tmp_path: Path) -> None:
    """The master that it shows gets it; what is said of versions depends on the day."""
    page = (ROOT / "docs" / "why.md").read_text()
    configured, shown = (re.findall(rf"```{kind}\n(.+?)```", page, re.DOTALL)[0] for kind in ("python", "text"))
    make_master(tmp_path / "master", SMALL + configured)
    advised = _command(COMMANDS[3], tmp_path)
    assert advised.stdout.startswith(shown), advised.stderr
    assert "has errors" not in advised.stderr


def test_what_is_told_of_buildbot_is_there() -> None:
    """Each file of the page about a patch series, with the names that it is said to have."""
    page = (ROOT / "docs" / "upstream.md").read_text()
    rows = re.findall(r"^\| `master/(buildbot/[\w/]+\.py)` \| (.+?) \|", page, re.MULTILINE)
    assert len(rows) > 8
    for file, names in rows:
        text = Path(str(distribution("buildbot").locate_file(file))).read_text()
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"^\s*((def|class) {name}\b|{name}\b.* = )", text, re.MULTILINE), (file, name)


def test_each_option_of_a_policy_is_documented() -> None:
    """On the packagers' page, with its variable."""
    page = (ROOT / "docs" / "packagers.md").read_text()
    for option in OPTIONS:
        assert f"| `{option}` | `HEADCOUNT_{option.upper()}` |" in page
    assert DEFAULT_PATH in page


@pytest.mark.ci
def test_the_maintainers_commands_work_in_their_order(tmp_path: Path) -> None:
    """Simulate, serve, ask."""
    simulated = _command(COMMANDS[4], tmp_path)
    assert simulated.returncode == 0, simulated.stderr
    with serving(tmp_path / "data", tmp_path / "stderr"):
        asked = _command(COMMANDS[6], tmp_path)
    assert asked.stdout.startswith("Versions by python\n"), asked.stderr


def test_the_reference_is_made_from_the_catalog() -> None:
    """`make docs` makes it, and the list in the administrator's page; what is committed is what it makes."""
    assert (ROOT / "docs" / "reference.md").read_text() == reference()
    page = (ROOT / "docs" / "administrator.md").read_text()
    assert page == administrator(page)
    paths = [*(field.path for field in CATALOG), *(one.path for one in ACCOMPANIMENTS)]
    assert all(f"`{path}`" in page for path in paths)


def test_the_page_of_the_vocabulary_is_made_with_it() -> None:
    """From the committed inputs: what was taken, at which version, and what was left out and why."""
    made = page(read_inputs(), ROOT / "src/headcount/contract/vocabulary.json")
    assert (ROOT / "docs" / "vocabulary.md").read_text() == made


def test_each_promise_has_a_test() -> None:
    """The table of the contributor's page names it by its file."""
    page = (ROOT / "docs" / "contributor.md").read_text()
    named = re.findall(r"^\| [^|]+ \| `([\w/]+\.py)::(test_\w+)` \|$", page, re.MULTILINE)
    assert len(named) > 35
    for file, test in named:
        path = ROOT / "tests" / file if "/" in file else ROOT / "tests" / "client" / file
        assert re.search(rf"^(async )?def {test}\(", path.read_text(), re.MULTILINE), (file, test)


@pytest.mark.parametrize(
    "page", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda path: path.name
)
def test_links_lead_somewhere(page: Path) -> None:
    """Within the project."""
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_project_speaks_only_of_itself() -> None:
    """No package index, no lock file of addresses, no path of the machine that it was written on."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split() if listed.returncode == 0 else []
    assert names, "the tests run in a checkout"
    hosts = "|".join(
        ["files.python" + "hosted", "pypi" + r"\.org/simple", "registry" + r"\.npmjs", "deb" + r"\.debian\.org"]
    )
    for name in names:
        text = (ROOT / name).read_text(errors="replace") if (ROOT / name).exists() else ""
        assert not re.search(hosts, text), name
        assert not re.search(r"(^|[^\w.])/(work|root)/", text), name


def test_pins_are_exact() -> None:
    """Every line of the constraints, and of the pins of other releases, names one version, and no address."""
    for path in (ROOT / "constraints.txt", *(ROOT / "tests" / "matrix").glob("*.txt")):
        lines = path.read_text().splitlines()
        assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines if not line.startswith("#")), path
