"""The contract reads out of each simulated body what the truth says: two tellings of the same rules, made apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from headcount.contract import Name, Profile, read_report, read_stock, vocabulary
from headcount.fleet import Event, Truth, simulate

VOCABULARY = vocabulary()
_SENDERS = ("install", "secret", "made_up", "crowded")
"""What a truth says of who sent it."""


def facts(profile: Profile) -> dict[str, object]:
    """A profile in the words of `Truth`."""
    versions = {name: getattr(profile, name) for name in ("buildbot", "python", "twisted", "sqlalchemy")}
    return {
        "sender": profile.sender,
        "level": profile.level,
        "versions": {name: str(release) for name, release in versions.items() if release is not None},
        "system": profile.system,
        "machine": profile.machine,
        "distro": profile.distro,
        "kernel": profile.kernel,
        "implementation": profile.implementation,
        "db": profile.db,
        "mq": profile.mq,
        "multi_master": profile.multi_master,
        "plugins": _classes(profile.plugins),
        "www": None if profile.www is None else dict(profile.www),
        "pipelines": None
        if profile.pipelines is None
        else {tuple(_pair(step) for step in steps): count for steps, count in profile.pipelines},
        "build": profile.build,
        "driver": profile.driver,
        "server": profile.server,
        "workers": None if profile.workers is None else {str(release): least for release, least in profile.workers},
        "hooks": None if profile.hooks is None else dict(profile.hooks),
        "protocols": None if profile.protocols is None else dict(profile.protocols),
        "configurators": _classes(profile.configurators),
        "factories": _classes(profile.factories),
        "variety": None if profile.variety is None else {name.base: least for name, least in profile.variety},
        "janitor": profile.janitor,
        "vocabulary": profile.vocabulary,
        "scrubbed": dict(profile.scrubbed),
        "kinds": None
        if profile.plugins is None
        else {name.base: VOCABULARY.kind(name.base) for name, _ in profile.plugins},
    }


def _classes(counts: Iterable[tuple[Name, int]] | None) -> dict[tuple[str, int], int] | None:
    return None if counts is None else {_pair(name): count for name, count in counts}


def _pair(name: Name) -> tuple[str, int]:
    return name.base, name.depth


@pytest.mark.parametrize(
    ("until", "days"),
    [
        (date(2017, 3, 10), 155),  # a list or its repr as distribution, Python 2
        (date(2018, 6, 1), 440),  # 0.9.5 and 0.9.6
        (date(2021, 4, 1), 500),  # steps in the old style
        (date(2024, 6, 1), 500),  # code names
        (date(2026, 10, 31), 730),
    ],
)
def test_the_contract_reads_what_is_true(until: date, days: int) -> None:
    """Every body is accepted, and agrees with its truth in every field."""
    read_before: dict[int, Truth] = {}
    kept: list[Event] = []  # alive, so that no id of a body is used twice
    for event in simulate(350, days, 5, until):
        if id(event.truth) in read_before:
            continue
        read_before[id(event.truth)] = event.truth
        kept.append(event)
        read = read_report if event.path == "/v1/reports" else read_stock
        report = read(event.body, VOCABULARY)
        expected = {name: value for name, value in vars(event.truth).items() if name not in _SENDERS}
        assert report.install == event.truth.install
        assert facts(report.profile) == expected, event.body
    assert len(kept) > 100
