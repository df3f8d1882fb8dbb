"""The last wheel before this schema: unpacked, with its server and its commands as processes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from tests.support.command import Done
from tests.support.serving import Served
from tests.support.zygote import Fork

(WHEEL,) = (Path(__file__).parent.parent / "compatibility").glob("*.whl")
_PATIENCE = 120  # seconds


class LastWheel:
    """The wheel, unpacked into a directory, as an installer does with one of pure Python."""

    def __init__(self, directory: Path) -> None:
        with zipfile.ZipFile(WHEEL) as archive:
            archive.extractall(directory)
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(directory),
            "HEADCOUNT_QUESTION_QUOTA": "0",
            "HEADCOUNT_PUBLIC_URL": "",
        }
        self._directory = directory

    def run(self, *arguments: object) -> Done:
        """Run its ``headcount`` command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "headcount", *map(str, arguments)],
            capture_output=True,
            check=False,
            env=self._environment,
            timeout=_PATIENCE,
            cwd=self._directory,
        )
        return Done(done.returncode, done.stdout, done.stderr.decode())

    @contextlib.contextmanager
    def serving(self, data: Path, errors: Path) -> Iterator[Served]:
        """Keep its server running over ``data``; its standard error goes to the file ``errors``."""
        command = [
            sys.executable,
            "-m",
            "headcount",
            "serve",
            "--data",
            str(data),
            "--port",
            "0",
            "--load-seconds",
            "0",
        ]
        with (
            errors.open("wb") as err,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=err, text=True, env=self._environment, cwd=self._directory
            ) as process,
        ):
            try:
                assert process.stdout is not None
                lines = [process.stdout.readline() for _ in range(3)]
                assert "token=" in lines[1], f"the server did not start: {errors.read_text()}"
                url, _, token = lines[1].partition(": ")[2].strip().partition("/?token=")
                yield Served(data, url, token, cast("Fork", process), errors, process.stdout)
            finally:
                process.terminate()
                process.wait(_PATIENCE)
