"""The configuration of a master, loaded for a preview by Buildbot's own loader."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from headcount.client import _usage_data
from headcount.client._locate import Located
from headcount.client._settings import Configurators


class CannotPreview(Exception):
    """The preview has nothing to print; the message is one sentence that says what to do."""


class Absent:
    """Stands for a service that the configuration has not."""

    www = None

    def __init__(self, configurators: Configurators) -> None:
        self.configurators = configurators


def load(master: Located) -> tuple[Any, Configurators]:
    """Return the configuration, and its configurators. Raises `CannotPreview` where the master would not start with it."""
    try:
        from buildbot.config.errors import ConfigErrors
        from buildbot.config.master import FileLoader, MasterConfig
    except ImportError:
        try:  # before 3.5.0 all were in one module
            from buildbot.config import ConfigErrors, FileLoader, MasterConfig
        except ImportError as error:
            raise CannotPreview("Buildbot is not installed here: run it where the master runs.") from error
    classes: list[type] = []
    with _never_switched_off(), _noting(classes, MasterConfig):
        try:
            config = FileLoader(str(master.directory), master.file).loadConfig()
            return config, Configurators(tuple(classes))
        except ConfigErrors as error:
            raise CannotPreview("the configuration has errors: " + "; ".join(error.errors)) from error
        except SystemExit as ended:
            raise CannotPreview(
                f"the configuration calls sys.exit({_code(ended)}), which ends the master too."
            ) from ended


@contextlib.contextmanager
def _noting(classes: list[type], config: Any) -> Iterator[None]:
    """Note the classes of the configurators beside ours, when Buildbot has gone over them: it does not keep them.

    Where `UsageData` is not among them yet, nobody else would know of them.
    """
    theirs = config.run_configurators

    def run(self: Any, filename: Any, config_dict: dict[str, Any]) -> None:
        theirs(self, filename, config_dict)
        found = config_dict.get("configurators", ())
        classes[:] = [type(each) for each in found if type(each) is not _usage_data.UsageData]

    config.run_configurators = run
    try:
        yield
    finally:
        config.run_configurators = theirs


def _code(ended: SystemExit) -> str:
    return "" if ended.code is None else repr(ended.code)[:60]


@contextlib.contextmanager
def _never_switched_off() -> Iterator[None]:
    environment = dict(os.environ)
    try:
        for name in ("DO_NOT_TRACK", "HEADCOUNT"):
            os.environ.pop(name, None)
        yield
    finally:
        os.environ.update(environment)
