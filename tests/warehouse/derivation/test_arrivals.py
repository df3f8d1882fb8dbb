"""What a batch changes, where it is written in steps and may be cut off after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from headcount.contract import Arrival
from headcount.warehouse.derivation import Decision, Facts, Held, decide, derive, stir
from tests.support.histories import ARRIVALS_OF_ALL_KINDS

_COUNTED = 13  # of the steps: from there on the days are counted


def _steps(held: Held, decided: Decision) -> Iterator[Held]:
    """Yield what is held after each of the writes of a batch, in their order, and in the middle of those of several rows."""
    yield held
    for cleared in (decided.cleared[:1], decided.cleared):
        held = replace(held, crowded=[row for row in held.crowded if row not in cleared])
        yield held
    for crowded in (decided.crowded[:1], decided.crowded):
        held = replace(held, crowded={*held.crowded, *crowded})
        yield held
    for origins in (decided.origins[:1], decided.origins):
        held = replace(held, origins={row.install: row for row in (*held.origins, *origins)}.values())
        yield held
    held = replace(held, repeats={*held.repeats, *decided.repeats})
    yield held
    for withdrawn in (decided.withdrawn[:1], decided.withdrawn):
        held = replace(held, sightings=[row for row in held.sightings if row not in withdrawn])
        yield held
    for sightings in (decided.sightings[:1], decided.sightings):
        held = replace(held, sightings={row[:3]: row for row in (*held.sightings, *sightings)}.values())
        yield held
    held = _derived(held, decided)
    yield held
    held = replace(held, repeats={*held.repeats} - {*decided.answered})
    yield held
    known = dict(list(decided.reports.items())[:1])
    for reports in (known, decided.reports):
        held = replace(held, reports={**held.reports, **reports})
        yield held


def _derived(held: Held, decided: Decision) -> Held:
    origins = stir(held.origins, decided.fresh, None)
    said = {row.profile: {row.profile} for row in held.sightings}
    derived = derive(Facts(held.sightings, origins, dict.fromkeys(said, 0), said, fresh=decided.fresh))
    return replace(held, origins=derived.origins, births={row.install: row.day for row in derived.births})


def _plain(held: Held) -> list[object]:
    rows = (held.sightings, held.repeats, held.origins, held.crowded, held.reports.items(), held.births.items())
    return [sorted(each) for each in rows]


@settings(max_examples=40)
@given(st.lists(st.lists(ARRIVALS_OF_ALL_KINDS, min_size=1, max_size=8), min_size=1, max_size=3))
def test_a_batch_that_is_cut_off_and_repeated_changes_what_it_would_have_changed(
    batches: Sequence[list[Arrival]],
) -> None:
    """After any of its writes; and all its rows again change nothing."""
    held = Held()
    for batch in batches:
        decided = decide(batch, held, None)
        parts = list(_steps(held, decided))
        whole = parts[-1]
        for number, part in enumerate(parts):
            again = decide(batch, part, None)
            *_, repeated = _steps(part, again)
            assert _plain(repeated) == _plain(whole)
            assert number >= _COUNTED or decided.days <= again.days
        held = whole
