"""Profiles, as tests look at them: read back by code that shares nothing with what wrote them."""

from __future__ import annotations

import json
from typing import Any

from headcount.contract import CATALOG, Name, Profile, Release, parse_name


def from_canonical(data: bytes) -> Profile:
    """The inverse of `Profile.canonical`."""
    values: dict[str, Any] = json.loads(data)
    for key in values.keys() & {"buildbot", "python", "twisted", "sqlalchemy"}:
        values[key] = Release(*values[key])
    for key in values.keys() & {"www", "hooks", "protocols", "scrubbed"}:
        values[key] = tuple((text, count) for text, count in values[key])
    for key in values.keys() & {"plugins", "configurators", "factories", "variety"}:
        values[key] = tuple((_name(text), count) for text, count in values[key])
    if "workers" in values:
        values["workers"] = tuple((Release(*release), count) for release, count in values["workers"])
    if "pipelines" in values:
        values["pipelines"] = tuple((tuple(map(_name, steps)), count) for steps, count in values["pipelines"])
    return Profile(**values)


def answered(profile: Profile) -> tuple[str, ...]:
    """The paths of the fields that a report answered, in the catalog's order."""
    return tuple(field.path for field in CATALOG if getattr(profile, field.attribute) is not None)


def _name(text: str) -> Name:
    name = parse_name(text)
    assert name is not None
    return name
