"""The oracle for `pipelines`: the order of the steps of builders."""

from __future__ import annotations

from collections import Counter

from headcount.fleet._truth import Step
from headcount.fleet.oracle.expected import Expected
from headcount.fleet.oracle.population import Population


def by_steps(fleet: Population, by: str, basis: str) -> Expected:
    """Count whole sequences, or two or three steps in a row, of installations whose last report answered
    its pipelines.
    """
    installations: Counter[tuple[str, ...]] = Counter()
    builders: Counter[tuple[str, ...]] = Counter()
    states = [state for state in fleet.states(basis) if state.pipelines is not None]
    for state in states:
        having: Counter[tuple[str, ...]] = Counter()
        for steps, count in (state.pipelines or {}).items():
            wires = tuple(map(_wire, steps))
            for gram in {wires} if by == "sequence" else _grams(wires, {"pairs": 2, "triples": 3}[by]):
                having[gram] += count
        installations.update(having.keys())
        builders.update(having)
    ordered = sorted(installations.items(), key=lambda item: (-item[1], item[0]))
    return Expected.of(
        len(states),
        [
            {"steps": " → ".join(steps) or "(no steps)", "installations": count, "builders": builders[steps]}
            for steps, count in ordered
        ],
    )


def _grams(steps: tuple[str, ...], length: int) -> set[tuple[str, ...]]:
    return {steps[start : start + length] for start in range(len(steps) - length + 1)}


def _wire(step: Step) -> str:
    base, depth = step
    return ">" * (depth + 1) + base if depth else base
