"""Tests, corrections and quartiles against scipy's, over many drawn inputs."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from itertools import accumulate
from math import prod
from time import perf_counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from headcount.questions import _estimates
from headcount.questions._statistics import false_discoveries, holm, independence_test, paired_test, quartiles

SMALL, LARGE = st.integers(0, 30), st.integers(0, 200_000)
VALUES = st.lists(st.floats(0, 1), max_size=30)
COUNTS = st.dictionaries(st.integers(0, 40), st.integers(1, 5), max_size=12)


@example(0, 0)
@example(200_000, 199_999)
@example(1_000, 0)
@example(0, 2_000)  # under the smallest number
@given(st.one_of(SMALL, LARGE), st.one_of(SMALL, LARGE))
def test_a_change_of_the_same_masters_is_tested_by_the_binomial(started: int, stopped: int) -> None:
    """As scipy has it, to a relative error of a hundred-millionth."""
    expected = 1.0 if started == stopped == 0 else float(stats.binomtest(started, started + stopped).pvalue)
    assert paired_test(started, stopped) == pytest.approx(expected, rel=1e-8, abs=1e-290)


def test_the_change_that_two_intervals_did_not_see_is_certain() -> None:
    """15 stopped and none started, of the same masters: twice 2 to the minus 15 (issue 17, W4)."""
    assert paired_test(0, 15) == pytest.approx(2**-14, rel=1e-12)
    assert paired_test(15, 0) == paired_test(0, 15)
    assert paired_test(1, 0) == 1


@example([0, 0, 0, 0])
@example([3, 1, 1, 3])
@example([10, 10, 10, 10])
@example([0, 5, 7, 0])
@example([150_000, 100, 120, 49_780])
@given(st.one_of(st.lists(SMALL, min_size=4, max_size=4), st.lists(st.integers(0, 2_000), min_size=4, max_size=4)))
def test_independence_is_tested_as_fisher_did(table: list[int]) -> None:
    """As scipy has it, tables that are just as probable included."""
    both, first, second, neither = table
    expected = float(stats.fisher_exact([[both, first], [second, neither]]).pvalue)
    assert independence_test(*table) == pytest.approx(expected, rel=1e-7, abs=1e-290)


@given(st.integers(1, 200_000), st.integers(1, 200_000), st.data())
def test_large_tables_are_tested_as_well(whole: int, others: int, data: st.DataObject) -> None:
    """Two groups of up to 200,000, and a property that few, many or all have."""
    both, second = data.draw(st.integers(0, whole)), data.draw(st.integers(0, others))
    expected = float(stats.fisher_exact([[both, whole - both], [second, others - second]]).pvalue)
    assert independence_test(both, whole - both, second, others - second) == pytest.approx(
        expected, rel=1e-6, abs=1e-250
    )


def test_a_page_of_large_tables_is_tested_at_once() -> None:
    """2,000 rows of two groups of up to 200,000, a standard deviation from independence, where the tails are long."""
    draw, tables = random.Random(17), []
    for _ in range(2_000):
        whole, others, chance = draw.randint(1, 200_000), draw.randint(1, 200_000), draw.random()
        both = int(whole * chance)
        second = min(int(others * chance + (others * chance * (1 - chance)) ** 0.5), others)
        tables.append((both, whole - both, second, others - second))
    start = perf_counter()
    for table in tables:
        independence_test(*table)
    assert perf_counter() - start < 10  # 1.3 to 2 s were measured, and 9 to 17 s of scipy


@pytest.mark.parametrize("counts", [(-1, 2), (2, -1)])
def test_no_count_is_negative(counts: tuple[int, int]) -> None:
    """It is said which were given."""
    with pytest.raises(ValueError, match=r"not negative: .*-1"):
        paired_test(*counts)
    with pytest.raises(ValueError, match=r"not negative: .*-1"):
        independence_test(3, *counts, 4)


@example([])
@example([0.01, 0.04, 0.03, 0.005])
@given(VALUES)
def test_holms_correction_is_the_step_down(values: list[float]) -> None:
    """By the definition: the largest of what each value that is no larger comes to; ties come to the same."""
    ordered = sorted(values)
    steps = list(accumulate((min(1.0, (len(ordered) - rank) * value) for rank, value in enumerate(ordered)), max))
    assert holm(values) == pytest.approx([steps[ordered.index(value)] for value in values])
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # R's p.adjust


@example([0.01, 0.04, 0.03, 0.005])
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discoveries_are_controlled_as_a_library_does(values: list[float]) -> None:
    """After Benjamini and Yekutieli unless Benjamini and Hochberg's is asked for."""
    assert false_discoveries(values) == pytest.approx(stats.false_discovery_control(values, method="by"))
    independent = false_discoveries(values, any_dependence=False)
    assert independent == pytest.approx(stats.false_discovery_control(values, method="bh"))


def test_nothing_tested_is_nothing_corrected() -> None:
    """No value gives no value."""
    assert false_discoveries([]) == holm([]) == []


@given(st.dictionaries(st.integers(-5, 40), st.integers(1, 9), min_size=1, max_size=12))
def test_quartiles_are_values_that_somebody_has(counts: dict[int, int]) -> None:
    """As numpy inverts the distribution."""
    values = list(Counter(counts).elements())
    expected = np.quantile(values, [0.25, 0.5, 0.75], method="inverted_cdf")
    assert quartiles(counts) == tuple(expected.tolist())


def test_nobody_has_no_quartiles() -> None:
    """And a value that nobody has is nobody's quartile."""
    with pytest.raises(ValueError, match="nobody"):
        quartiles({})
    assert quartiles({1: 0, 5: 1}) == (5, 5, 5)


@example({}, {3: 1}, [2, 4])
@given(COUNTS, COUNTS, st.lists(st.integers(0, 45), max_size=5))
def test_the_curve_is_the_librarys(events: dict[int, int], censored: dict[int, int], times: list[int]) -> None:
    """Kaplan and Meier's estimate is that of scipy, ties between the two kinds included, to its four places."""
    found = _estimates.reached(events, censored, times)
    if not events:
        assert found == [0.0 for _ in times]
        return
    data = stats.CensoredData(uncensored=list(Counter(events).elements()), right=list(Counter(censored).elements()))
    theirs = stats.ecdf(data).sf.evaluate(np.asarray(times)) if times else []
    assert found == pytest.approx([1 - float(left) for left in theirs], abs=0.5001e-4)


def test_the_curve_multiplies_the_shares_that_remain() -> None:
    """One of four, then half of the two left at the second time: one between them was lost."""
    assert _estimates.reached({1: 1, 3: 1}, {2: 1, 5: 1}, [0, 1, 2, 3, 9]) == [
        round(1 - prod(left), 4) for left in ([1.0], [3 / 4], [3 / 4], [3 / 4, 1 / 2], [3 / 4, 1 / 2])
    ]


def test_no_answer_needs_scipy_or_numpy() -> None:
    """`ask` imports neither, whatever is asked: their import took a third of a second to 1.1 s."""
    program = (
        "import sys\n"
        "from datetime import date\n"
        "sys.modules['scipy'] = sys.modules['numpy'] = None\n"  # an import of one fails
        "from headcount.fleet import simulate\n"
        "from headcount.questions import Query, ask\n"
        "from tests.support.loaded import load_events\n"
        "until = date(2025, 6, 30)\n"
        "with load_events(list(simulate(20, 60, 1, until)), until) as loaded:\n"
        "    for question, by, where in (('upgrades', '4.3.0', None), ('drop', None, 'plugin = Git')):\n"
        "        print(ask(loaded.warehouse, Query(question, by=by, where=where), today=until).question)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["upgrades", "drop"], "")
