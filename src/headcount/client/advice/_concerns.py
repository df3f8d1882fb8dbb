"""What concerns a master: all that can be told of its report and its files. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from headcount.client.advice._among import rare
from headcount.client.advice._concern import KINDS, NOTICE, Concern
from headcount.client.advice._scan import find
from headcount.client.advice._versions import behind
from headcount.contract import concerned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headcount.client.advice._publication import Published
    from headcount.client.advice._source import Source
    from headcount.contract import Notice, Profile


def concerns(
    profile: Profile,
    today: date,
    notices: Sequence[Notice] = (),
    published: Published | None = None,
    sources: Sequence[Source] = (),
) -> list[Concern]:
    """Return what concerns the master with the ``profile`` of a full report, in the order of `KINDS`.

    ``today``: UTC; ``notices`` and ``published``: a collector's, where they are known; ``sources``: the files of its
    configuration, ``master.cfg`` first. A deprecated class that the files show has their lines, and is not
    told again from the report.
    """
    told = [*_deprecated(profile, sources), *behind(profile, today)]
    if published is not None:
        told += rare(profile, published)
    told += [
        Concern(NOTICE, notice.text, f"{notice.text} ({notice.setter}, until {notice.until})", None, notice.link)
        for notice in notices
        if today <= notice.until and concerned(notice, profile) is True
    ]
    return sorted(told, key=lambda concern: KINDS.index(concern.kind))


def _deprecated(profile: Profile, sources: Sequence[Source]) -> list[Concern]:
    counts = (profile.plugins, profile.configurators, profile.factories)
    return find(sources, {name.base for count in counts for name, _ in count or ()}, profile.buildbot)
