"""The oracle for where users of something differ from those that do not use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from headcount.fleet._history import Version, version_of
from headcount.fleet._truth import Truth
from headcount.fleet.oracle.chance import fisher, holm

_AT_FULL = frozenset({"secrets provider", "authentication", "report generator", "machine"})
_SIZES = (0, 1, 5, 20, 50, 100, 200, 500, 1000, 5000)


def release(state: Truth) -> Version | None:
    """Return the release of Buildbot that a report tells."""
    return version_of(state.versions["buildbot"]) if "buildbot" in state.versions else None


def builders(state: Truth) -> int:
    """Return how many builders a report counts."""
    kinds = state.kinds or {}
    return sum(count for (base, _), count in (state.plugins or {}).items() if kinds[base] == "builder")


def compute(users: list[Truth], others: list[Truth], named: frozenset[str]) -> tuple[list[dict[str, object]], int]:
    """Return the rows that differ, the least likely by chance first, and how many were tested."""
    tested = [row for compared in _compared(users, others, named) for row in _tested(*compared)]
    corrected = holm([p for _, p in tested])
    rows = [{**row, "adjusted": p} for (row, _), p in zip(tested, corrected, strict=True) if p < 0.05]
    rows.sort(
        key=lambda row: (round(float(str(row["adjusted"])), 6), -int(str(row["installations"])), str(row["value"]))
    )
    return rows, len(tested)


_Values = Callable[[Truth], set[str] | None]


def _compared(
    users: list[Truth], others: list[Truth], named: frozenset[str]
) -> Iterable[tuple[str, list[set[str]], list[set[str]]]]:
    """Yield each attribute with the values that users, and that others, have of it, of those that tell it."""

    def size(state: Truth) -> set[str] | None:
        if state.plugins is None:
            return None
        number = builders(state)
        lows = [0, *(bound + 1 for bound in _SIZES)]
        bands = [str(low) if low == high else f"{low}-{high}" for low, high in zip(lows, _SIZES, strict=False)]
        place = sum(number > bound for bound in _SIZES)
        return {bands[place] if place < len(bands) else f"more than {_SIZES[-1]}"}

    def classes(*, workers: bool) -> _Values:
        def values(state: Truth) -> set[str] | None:
            kinds = state.kinds or {}
            if state.plugins is None:
                return None
            return {
                base
                for base, _ in state.plugins
                if (kinds[base] == "worker") is workers and base not in named and kinds[base] not in _AT_FULL
            }

        return values

    attributes: Mapping[str, _Values] = {
        "distribution": lambda state: None if state.distro is None else {state.distro},
        "database": lambda state: None if state.db is None else {state.db},
        "series": lambda state: None if (number := release(state)) is None else {f"{number[0]}.{number[1]}"},
        "size": size,
        "worker": classes(workers=True),
        "companion": classes(workers=False),
    }
    for name, values in attributes.items():
        yield (
            name,
            [told for state in users if (told := values(state)) is not None],
            [told for state in others if (told := values(state)) is not None],
        )


def _tested(name: str, users: list[set[str]], others: list[set[str]]) -> Iterable[tuple[dict[str, object], float]]:
    for value in sorted(set().union(*users)):
        having = sum(value in told for told in users)
        others_having = sum(value in told for told in others)
        if having >= 5:
            row: dict[str, object] = {
                "attribute": name,
                "value": value,
                "installations": having,
                "share": having / len(users),
                "others": others_having,
                "others_share": others_having / len(others) if others else 0.0,
            }
            yield row, fisher(having, len(users) - having, others_having, len(others) - others_having)
