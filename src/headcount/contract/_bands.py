"""Forms of fields that say how many only in bands, so that no number tells an installation from the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from headcount.contract._collections import Counts
from headcount.contract._forms import Notes, is_plausible, kind_of
from headcount.contract._names import CUSTOM, Name, parse_name
from headcount.contract._releases import Release, parse_release
from headcount.contract._vocabulary import Vocabulary

BANDS: Mapping[str, int] = {"1": 1, "2-5": 2, "6-20": 6, "21+": 21}
"""Each band, and the least number in it."""

_OF_LEAST = {least: band for band, least in BANDS.items()}
_SHOWN = 60  # characters of a key that a problem repeats to its sender


def band(count: int) -> str:
    """Return the band of a number from 1 up."""
    return _OF_LEAST[max(least for least in BANDS.values() if least <= count)]


T = TypeVar("T")


@dataclass(frozen=True)
class BandsForm(Generic[T]):
    """Keys, each with a band; read as the least number in it. Where two keys are cut to one, the larger band stays.

    ``key``: reads a key, and returns whether it had to be cut too; None where it is not published. ``text``:
    writes it.
    """

    label: str
    key: Callable[[str, Vocabulary], tuple[T | None, bool]]
    text: Callable[[T], str]

    def read(self, raw: object, notes: Notes, where: str) -> Counts[T] | None:
        if not isinstance(raw, dict):
            notes.problem(where, f"must be an object of bands, not {kind_of(raw)}")
            return None
        counts: dict[T, int] = {}
        for text, word in raw.items():
            least = BANDS.get(word) if isinstance(word, str) else None
            if least is None:
                notes.problem(f"{where}[{text[:_SHOWN]!r}]", f"must be one of {', '.join(BANDS)}")
                continue
            key, cut = self.key(text, notes.vocabulary)
            if cut:
                notes.scrub(where)
            if key is not None:
                counts[key] = max(counts.get(key, 0), least)
        return tuple(sorted(cast("dict[Any, int]", counts).items()))

    def holds(self, text: str, vocabulary: Vocabulary, /) -> bool:
        key, cut = self.key(text, vocabulary)
        return key is not None and not cut

    def write(self, value: Counts[T], /) -> dict[str, str]:
        return {self.text(key): _OF_LEAST[least] for key, least in value}


_OLDEST, _LAST_SLAVE = Release(0, 8, 0), Release(0, 8, 14)  # before 0.9 a worker was a slave, and counted for itself


def worker_release(text: str, vocabulary: Vocabulary) -> Release | None:
    """Return the release of a worker, which goes with Buildbot's since 0.9.0; None where no such release was published."""
    release = parse_release(text)
    if release is None or not (_OLDEST <= release <= _LAST_SLAVE or is_plausible(release, vocabulary)):
        return None
    return release


def _release(text: str, vocabulary: Vocabulary) -> tuple[Release | None, bool]:
    release = worker_release(text, vocabulary)
    return release, release is None or str(release) != text


def _base(text: str, vocabulary: Vocabulary) -> tuple[Name, bool]:
    name = parse_name(text)
    base = CUSTOM if name is None or name.base == CUSTOM else vocabulary.path(name.base) or CUSTOM
    return Name(base), name is None or name.depth > 0 or (base == CUSTOM and text != CUSTOM)


_BAND = "in bands (" + ", ".join(BANDS) + ")"


def releases_in_bands() -> BandsForm[Release]:
    """Return the form of releases of buildbot-worker and how many workers have each."""
    return BandsForm(f"releases, and {_BAND} how many of each", _release, str)


def bases_in_bands() -> BandsForm[Name]:
    """Return the form of public classes, and how many different ones stand behind each."""
    return BandsForm(
        f"public class names, and {_BAND} how many classes stand behind each", _base, lambda name: name.wire
    )
