"""Reading the settings from flags, the environment and a TOML file, each wrong one named with its place."""

from __future__ import annotations

import dataclasses
import difflib
from typing import TYPE_CHECKING, Any

from headcount.settings._table import Settings, fields, variable
from headcount.settings._warehouse import WarehouseSettings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path


class BadSettings(ValueError):
    """Settings that cannot be used; the message names each, where it was given, and what it must be."""


def read_settings(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None) -> Settings:
    """Read the settings from flags (already values), the environment's variables and a TOML file.

    Raises `BadSettings` with everything that is wrong.
    """
    return Settings(**_values([field.name for field in fields()], flags, environ, file))


def read_warehouse(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None) -> WarehouseSettings:
    """Read the settings of the warehouse alone, for a command that needs no others. Raises `BadSettings`."""
    names = [field.name for field in dataclasses.fields(WarehouseSettings)]
    return WarehouseSettings(**_values(names, flags, environ, file))


def _values(
    names: Collection[str], flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None
) -> dict[str, Any]:
    """Return the values of those settings that are given."""
    problems: list[str] = []
    values: dict[str, Any] = {}
    in_file = {} if file is None else dict(_toml(file, problems))
    for field in fields():
        if field.name not in names:
            continue
        texts = [(f"{field.name} in {file}", in_file.get(field.name)), _given(environ, field.name)]
        for where, text in texts:
            if text is None:
                continue
            try:
                values[field.name] = field.metadata["read"](text)
            except ValueError as error:
                problems.append(f"{where}: {error}")
        if flags.get(field.name) is not None:
            values[field.name] = flags[field.name]
    if problems:
        raise BadSettings("; ".join(problems))
    return values


def _given(environ: Mapping[str, str], name: str) -> tuple[str, str | None]:
    return f"{variable(name)} in the environment", environ.get(variable(name))


def _toml(file: Path, problems: list[str]) -> Iterator[tuple[str, str]]:
    import tomllib  # noqa: PLC0415  # of Python 3.11, which the collector needs and the command does not

    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"the settings cannot be read from {file}: {error.strerror}")
        return
    except ValueError as error:  # neither UTF-8 nor TOML
        problems.append(f"{file} is not TOML: {error}")
        return
    names = [field.name for field in fields()]
    for key, value in table.items():
        if key not in names:
            near = difflib.get_close_matches(key, names, 1)
            problems.append(f"{file} has {key!r}, which is no setting" + (f": is it {near[0]!r}?" if near else ""))
        elif isinstance(value, list):
            yield key, ",".join(map(str, value))
        elif isinstance(value, (str, int)) and not isinstance(value, bool):
            yield key, str(value)
        else:
            problems.append(f"{key} in {file}: must be a string, a whole number or a list of strings")
