"""A master among those of a publication: what hardly anybody else uses, and how many have what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headcount.client.advice._concern import AMONG, CANDIDATE, RARE, Concern
from headcount.client.advice._versions import PRODUCTS
from headcount.contract import OFFERED_KINDS, is_base, series_of, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headcount.client.advice._publication import Published
    from headcount.contract import Profile

FEW = 0.02
"""The share of masters under which what one uses is hardly used: one in fifty."""

_VALUES = {
    "system": "operating system", "distro": "distribution", "machine": "processor", "implementation": "kind of Python",
    "db": "database", "mq": "message queue",
}  # fmt: skip


def rare(profile: Profile, published: Published) -> Iterator[Concern]:
    """Yield the public classes of a master that fewer than one in fifty use, or fewer than are named.

    Of the kinds that every reporter counts, and none from which others derive.
    A class of Buildbot's newest release that is not named may be asked about for removal: it is a candidate.
    """
    named, known = published.plugins, vocabulary()
    if named is None:
        return
    for base in sorted({name.base for name, _ in profile.plugins or ()}):
        if known.kind(base) not in OFFERED_KINDS or is_base(base):
            continue
        if base not in named:
            kind = CANDIDATE if base in known.brought else RARE
            also = ": a candidate for removal" if kind == CANDIDATE else ""
            yield Concern(kind, base, f"{base}: fewer than {published.k} masters are counted with it{also}")
        elif (share := named[base]) is not None and share < FEW:
            yield Concern(RARE, base, f"{base}: {percent(share)} of masters use it")


def among_others(profile: Profile, published: Published) -> list[Concern]:
    """Return, for each version and each part of the environment of a master, how many masters have the same."""
    told = []
    for product, name in PRODUCTS.items():
        release = getattr(profile, product)
        if release is not None:
            told.append(
                ("versions", product, name, f"{name} {series_of(product, release)}", series_of(product, release))
            )
    for by, name in _VALUES.items():
        value = getattr(profile, by)
        if value is not None:
            told.append(("environments", by, name, f"{name} {value}", value))
    return [
        Concern(AMONG, what, f"your {name}, {value}: {_of_masters(published, question, by, value)}")
        for question, by, name, what, value in told
        if (question, by) in published.shares
    ]


def _of_masters(published: Published, question: str, by: str, value: str) -> str:
    share = published.share(question, by, value)
    return f"fewer than {published.k} masters" if share is None else f"{percent(share)} of masters"


def percent(share: float) -> str:
    """Return a share in words of a sentence: ``12%``, and with one decimal under 10%."""
    return f"{share * 100:.1f}%" if share < 0.1 else f"{share * 100:.0f}%"
