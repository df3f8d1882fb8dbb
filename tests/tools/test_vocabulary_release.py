"""The next release of Buildbot is taken up by one command: tried on made-up ones, by pip, from an index on this machine."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMON = {
    "buildbot/__init__.py": "",
    "buildbot/process/__init__.py": "",
    "buildbot/process/buildstep.py": "class BuildStep: pass\nclass ShellMixin: pass\n",
    "buildbot/worker/__init__.py": "",
    "buildbot/worker/base.py": "class AbstractWorker: pass\n",
}
STEP = "from buildbot.process.buildstep import BuildStep, ShellMixin\n"
OLD = {
    **COMMON,
    "buildbot/steps/__init__.py": "",
    "buildbot/steps/shell.py": f"{STEP}class Shell(ShellMixin, BuildStep): pass\n",
    "buildbot/steps/cvs.py": f"{STEP}class CVS(BuildStep): pass\n",
    "buildbot/places.py": "class Place: pass\n",
}
NEW = {
    **COMMON,
    "buildbot/steps/__init__.py": "",
    "buildbot/steps/shell.py": f"{STEP}class Shell(ShellMixin, BuildStep): pass\nclass Bash(Shell): pass\n",
    "buildbot/util/places.py": "class Place: pass\n",
    "buildbot/worker/cloud.py": "from buildbot.worker.base import AbstractWorker\nclass CloudWorker(AbstractWorker): pass\n",
    "buildbot/worker/parts.py": "class Part: pass\n",
}
WEB = {"buildbot_www/__init__.py": "class Index: pass\n"}
CHAT = {"chat/__init__.py": "from buildbot.process.buildstep import BuildStep\nclass Say(BuildStep): pass\n"}
REVIEWED = ["buildbot.places.Place", "buildbot_www.Index"]


def write_wheel(directory: Path, name: str, version: str, files: dict[str, str], www: str = "") -> Path:
    """Write a wheel that pip takes for that release."""
    module = name.replace("-", "_")
    information = f"{module}-{version}.dist-info"
    content = {
        **files,
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{information}/entry_points.txt": f"[buildbot.www]\n{www} = {module}:ep\n" if www else "",
        f"{information}/RECORD": "",
    }
    path = directory / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for each, text in content.items():
            wheel.writestr(zipfile.ZipInfo(each), text)
    return path


class Index:
    """An index of packages on loopback, which says when each file was uploaded."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.uploaded: dict[str, str] = {}
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = self.path.strip("/").split("/")
                if parts[0] == "simple":
                    index.answer(self, "application/vnd.pypi.simple.v1+json", index.listing(parts[1]))
                else:
                    index.answer(self, "application/octet-stream", (index.directory / parts[-1]).read_bytes())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple/"

    def upload(self, name: str, version: str, files: dict[str, str], day: str, www: str = "") -> Path:
        """Add a release, which came out on a day."""
        path = write_wheel(self.directory, name, version, files, www)
        self.uploaded[path.name] = f"{day}T23:59:59.000000Z"
        return path

    def listing(self, package: str) -> bytes:
        """Return what the index says of a package."""
        files = [
            {"filename": name, "url": f"/files/{name}", "hashes": {}, "upload-time": when}
            for name, when in self.uploaded.items()
            if name.partition("-")[0].replace("_", "-") == package
        ]
        return json.dumps({"meta": {"api-version": "1.1"}, "name": package, "files": files}).encode()

    @staticmethod
    def answer(handler: BaseHTTPRequestHandler, kind: str, body: bytes) -> None:
        """Answer a request."""
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


class Workshop:
    """All files of the tool in a directory of the test's, and the index that it asks."""

    def __init__(self, directory: Path, index: Index) -> None:
        self.index = index
        self.inputs, self.cache = directory / "inputs", directory / "cache"
        self.output, self.days, self.page = (directory / name for name in ("v.json", "days.csv", "page.md"))
        self.inputs.mkdir()
        self.cache.mkdir()

    def write(self, name: str, value: object) -> None:
        """Write one of the inputs."""
        (self.inputs / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")

    def run(self, *arguments: str, today: str) -> subprocess.CompletedProcess[str]:
        """Run the command."""
        places = ("inputs", "cache", "output", "days", "page")
        options = [text for place in places for text in (f"--{place}", str(getattr(self, place)))]
        quiet = {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.index.url,
            "PIP_NO_CACHE_DIR": "1",
            "no_proxy": "*",
        }
        return subprocess.run(
            [sys.executable, "-m", "tools.vocabulary", *options, "--today", today, *arguments],
            cwd=ROOT,
            env={**os.environ, **quiet},
            capture_output=True,
            text=True,
            check=False,
        )

    def document(self) -> dict[str, Any]:
        """Return the vocabulary."""
        found: dict[str, Any] = json.loads(self.output.read_text(encoding="utf-8"))
        return found

    def state(self) -> dict[str, bytes]:
        """Return every file that is committed."""
        files = [*self.inputs.iterdir(), self.output, self.days, self.page]
        return {path.name: path.read_bytes() for path in files if path.exists()}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A vocabulary of release 4.3.0, of a package that is released together with it, and of another one."""
    (tmp_path / "index").mkdir()
    index = Index(tmp_path / "index")
    thread = threading.Thread(target=index.server.serve_forever)
    thread.start()
    try:
        made = Workshop(tmp_path, index)
        buildbot = index.upload("buildbot", "4.3.0", OLD, "2026-12-18")
        www = index.upload("buildbot-www", "4.3.0", WEB, "2026-12-18", "base")
        chat = index.upload("chat", "1.0", CHAT, "2026-12-18")
        for path in (buildbot, www, chat):
            shutil.copy(path, made.cache)
        made.write("buildbot", {"4.3.0": digest(buildbot)})
        made.write(
            "packages",
            {
                "buildbot-www": {"module": "buildbot_www", "version": "4.3.0", "sha256": digest(www), "together": True},
                "chat": {"module": "chat", "version": "1.0", "sha256": digest(chat)},
            },
        )
        for name, value in (("repositories", {}), ("tags", {}), ("left_out", {"bot": "another thing"})):
            made.write(name, value)
        made.write("other", {"looked at": REVIEWED})
        made.days.write_text("release,day\n4.3.0,2026-12-18\n4.2.9,2026-12-19\n", encoding="utf-8")
        first = made.run(today="2026-12-19")
        assert first.returncode == 0, first.stderr
        assert first.stderr == ""
        yield made
    finally:
        index.server.shutdown()
        thread.join()
        index.server.server_close()


@pytest.mark.ci
def test_one_command_takes_up_the_next_release(workshop: Workshop) -> None:
    """What the release changes is changed, and nothing else; what a person must look at is told; again, nothing changes."""
    before, files = workshop.document(), workshop.state()
    assert (before["version"], before["earlier"], before["www"]) == ("2026.12.19", {}, {"base": "buildbot-www"})
    new = workshop.index.upload("buildbot", "4.4.0", NEW, "2026-12-20")
    www = workshop.index.upload("buildbot-www", "4.4.0", WEB, "2026-12-20", "base")
    workshop.index.upload("buildbot", "4.5.0rc1", OLD, "2026-12-21")  # is no release
    workshop.index.upload("chat", "2.0", OLD, "2026-12-21")  # nobody asks for it
    done = workshop.run("--take", "buildbot", today="2026-12-22")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [
        "look at: of kind other, and not in other.json: buildbot.util.places.Place",
        "look at: of kind other, and not in other.json: buildbot.worker.parts.Part",
        "look at: in other.json, and not of kind other: buildbot.places.Place",
    ]
    after = workshop.document()
    classes = dict(before["classes"])
    moved = classes.pop("buildbot.places.Place")
    assert after["classes"] == {
        **{
            name: entry | ({"since": "4.4.0"} if name.startswith("buildbot_www.") else {})
            for name, entry in classes.items()
        },
        "buildbot.steps.cvs.CVS": {"kind": "step", "since": "4.3.0", "until": "4.3.0"},
        "buildbot.steps.shell.Bash": {"kind": "step", "since": "4.4.0"},
        "buildbot.util.places.Place": moved,
        "buildbot.worker.cloud.CloudWorker": {"kind": "worker", "since": "4.4.0"},
        "buildbot.worker.parts.Part": {"kind": "other", "since": "4.4.0"},
    }
    assert {key: value for key, value in after.items() if key != "classes"} == {
        "version": "2026.12.22",
        "earlier": {"2026.12.19": "4.3.0"},
        "buildbot": "4.4.0",
        "releases": ["4.3.0", "4.4.0"],
        "packages": {"buildbot": "4.4.0", "buildbot-www": "4.4.0", "chat": "1.0"},
        "moved": {"buildbot.places.Place": "buildbot.util.places.Place"},
        "www": before["www"],
        "hooks": before["hooks"],
    }
    assert list(csv.reader(workshop.days.read_text().splitlines())) == [
        ["release", "day"],
        ["4.3.0", "2026-12-18"],
        ["4.2.9", "2026-12-19"],
        ["4.4.0", "2026-12-20"],
    ]
    pins = json.loads((workshop.inputs / "packages.json").read_text())
    assert pins == {
        **json.loads(files["packages.json"]),
        "buildbot-www": {"module": "buildbot_www", "sha256": digest(www), "together": True, "version": "4.4.0"},
    }
    assert json.loads((workshop.inputs / "buildbot.json").read_text()) == {
        **json.loads(files["buildbot.json"]),
        "4.4.0": digest(new),
    }
    assert "| `buildbot` | 4.4.0 | 9 |" in workshop.page.read_text()
    taken = workshop.state()
    changed = {name for name in taken if taken[name] != files[name]}
    assert changed == {"buildbot.json", "packages.json", "v.json", "days.csv", "page.md"}
    again = workshop.run("--take", "buildbot", today="2027-01-01")
    assert again.returncode == 0, again.stderr
    assert "says all that already" in again.stdout
    assert workshop.state() == taken


@pytest.mark.ci
def test_what_cannot_be_taken_changes_nothing(workshop: Workshop) -> None:
    """A package that nobody listed, and an archive that is not what was recorded: one sentence, and every file as it was."""
    files = workshop.state()
    unknown = workshop.run("--take", "nest", today="2026-12-22")
    assert unknown.returncode == 1
    assert unknown.stderr.startswith("packages.json has no nest: add its module")
    write_wheel(workshop.cache, "chat", "1.0", {**CHAT, "chat/more.py": "class More: pass\n"})
    workshop.index.upload("buildbot", "4.4.0", NEW, "2026-12-20")
    other = workshop.run("--take", "buildbot", today="2026-12-22")
    assert other.returncode == 1
    assert "chat 1.0" in other.stderr.splitlines()[-1]
    assert "is not the archive whose digest was recorded: remove it" in other.stderr
    assert "Traceback" not in other.stderr
    assert workshop.state() == files
