"""A report, and the profile that it describes."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, Literal, get_args

from headcount.contract._catalog import Level
from headcount.contract._names import Name
from headcount.contract._releases import Release

if TYPE_CHECKING:
    from headcount.contract._collections import Counts, Sequence

Sender = Literal["headcount", "stock"]
Reason = Literal["start", "reconfig", "periodic"]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True)
class Profile:
    """The configuration that a report describes, in public forms only; None for a field without an answer.

    ``workers`` and ``variety``: how many of each as the least number of a band. ``janitor``: True where what
    `JanitorConfigurator` adds was taken out of a report of stock, or of ours of schema 1; False where a later one of ours
    holds such a step. ``scrubbed``: for each field, how many of its values were not public. Two reports with the
    same content have equal profiles, and equal `canonical` bytes.
    """

    sender: Sender
    level: Level
    vocabulary: str | None = None
    buildbot: Release | None = None
    python: Release | None = None
    twisted: Release | None = None
    sqlalchemy: Release | None = None
    system: str | None = None
    machine: str | None = None
    distro: str | None = None
    kernel: str | None = None
    implementation: str | None = None
    db: str | None = None
    mq: str | None = None
    plugins: Counts[Name] | None = None
    www: Counts[str] | None = None
    pipelines: Counts[Sequence] | None = None
    multi_master: bool | None = None
    build: str | None = None
    workers: Counts[Release] | None = None
    driver: str | None = None
    server: str | None = None
    hooks: Counts[str] | None = None
    protocols: Counts[str] | None = None
    configurators: Counts[Name] | None = None
    factories: Counts[Name] | None = None
    variety: Counts[Name] | None = None
    janitor: bool | None = None
    scrubbed: Counts[str] = ()

    def canonical(self) -> bytes:
        """Return the profile as a JSON object in ASCII: equal profiles give equal bytes.

        Its keys are the attributes that are not None, in alphabetical order, and ``scrubbed`` unless that
        is empty. A release is a list of three numbers, a name is written as on the wire, and counts are a
        list of pairs in their order here.
        """
        values = vars(self)
        written = [
            f'"{name}":{write(values[name])}'
            for name, write in _WRITERS
            if values[name] is not None and (name != "scrubbed" or self.scrubbed)
        ]
        return f"{{{','.join(written)}}}".encode("ascii")


@dataclass(frozen=True)
class Report:
    """A report of one installation.

    ``install``: the id as sent, which is replaced by a pseudonym before anything is stored; None where a
    function dropped it. ``id`` tells a retry from a second report. ``every``: the period of a periodic
    reporter, in days. ``repeated``: stock notes that it sent the report before, and now sends it over plain
    HTTP.
    """

    profile: Profile
    install: str | None = None
    id: str | None = None
    reason: Reason | None = None
    every: int | None = None
    repeated: bool = False


class InvalidReport(ValueError):
    """A body is no report; ``problems`` lists everything that is wrong with it, as pairs of where and what."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{where}: {what}" if where else what for where, what in problems))


_remember = lru_cache(maxsize=20_000)  # all are public; profiles repeat the same few hundred


# The writers of a profile as JSON. `json` would take three times as long, and every report is written so.


@_remember
def _write_text(text: str) -> str:
    return json.dumps(text)


@_remember
def _write_name(name: Name) -> str:
    return json.dumps(name.wire)


def _write_release(release: Release) -> str:
    return f"[{release.major},{release.minor},{release.patch}]"


def _write_texts(counts: Counts[str]) -> str:
    return f"[{','.join([f'[{_write_text(text)},{count}]' for text, count in counts])}]"


def _write_names(counts: Counts[Name]) -> str:
    return f"[{','.join([f'[{_write_name(name)},{count}]' for name, count in counts])}]"


def _write_releases(counts: Counts[Release]) -> str:
    return f"[{','.join([f'[{_write_release(release)},{count}]' for release, count in counts])}]"


def _write_pipelines(counts: Counts[Sequence]) -> str:
    written = [(",".join(map(_write_name, steps)), count) for steps, count in counts]
    return f"[{','.join([f'[[{steps}],{count}]' for steps, count in written])}]"


def _write_flag(flag: bool) -> str:
    return "true" if flag else "false"


_SPECIAL: dict[str, Callable[[Any], str]] = {
    "buildbot": _write_release,
    "python": _write_release,
    "twisted": _write_release,
    "sqlalchemy": _write_release,
    "plugins": _write_names,
    "www": _write_texts,
    "pipelines": _write_pipelines,
    "multi_master": _write_flag,
    "workers": _write_releases,
    "hooks": _write_texts,
    "protocols": _write_texts,
    "configurators": _write_names,
    "factories": _write_names,
    "variety": _write_names,
    "janitor": _write_flag,
    "scrubbed": _write_texts,
}
_WRITERS = [(name, _SPECIAL.get(name, _write_text)) for name in sorted(field.name for field in fields(Profile))]
