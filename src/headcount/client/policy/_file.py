"""A policy file: an INI file with one section, as its options and their texts."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PATH = "/etc/headcount/reporter.ini"
"""The file that counts wherever it exists."""
SECTION = "reporter"
LARGEST = 64 * 1024
"""The most bytes of a policy file."""


class WrongFile(ValueError):
    """A policy file cannot be read, or is no INI file with the one section; the message names it and says why."""


def options(path: str, *, may_be_missing: bool) -> Mapping[str, str] | None:
    """Return the options of a policy file, with names in lower case; None where it is missing and may be.

    The file is neither waited for nor read beyond `LARGEST` bytes, whatever lies there. Raises `WrongFile`.
    """
    try:
        data = _read(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        if may_be_missing:
            return None
        raise WrongFile(f"the policy {path} cannot be read: {error.strerror}") from error
    except OSError as error:
        raise WrongFile(f"the policy {path} cannot be read: {error.strerror or type(error).__name__}") from error
    return _parsed(path, data)


def _read(path: str) -> bytes:
    without_waiting = getattr(os, "O_NONBLOCK", 0)  # a pipe that nobody writes to would hold up the master
    descriptor = os.open(path, os.O_RDONLY | without_waiting)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise WrongFile(f"the policy {path} is no regular file")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(LARGEST + 1)
    finally:
        os.close(descriptor)
    if len(data) > LARGEST:
        raise WrongFile(f"the policy {path} has more than {LARGEST:,} bytes")
    return data


def _parsed(path: str, data: bytes) -> Mapping[str, str]:
    import configparser  # where there is a policy: most masters have none

    parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=("#", ";"))
    try:
        parser.read_string(data.decode("utf-8-sig"), source=Path(path).name)
    except UnicodeDecodeError as error:
        raise WrongFile(f"the policy {path} is not in UTF-8") from error
    except configparser.Error as error:
        raise WrongFile(f"the policy {path} is no INI file: {type(error).__name__}{_line(error)}") from error
    if parser.sections() != [SECTION] or parser.defaults():
        raise WrongFile(f"the policy {path} must have the section [{SECTION}] and no other one")
    return dict(parser[SECTION])


def _line(error: Exception) -> str:
    """Return the place of an error of the parser, as far as that tells it."""
    lines = [getattr(error, "lineno", None), *(line for line, _ in getattr(error, "errors", ()))]
    known = [line for line in lines if isinstance(line, int)]
    return f" in line {known[0]}" if known else ""
