"""The noise of the cell-key method has the properties that are stated of it."""

from __future__ import annotations

import math
from importlib.resources import files
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.questions._perturbation import KEYS, LARGEST_K, SMALLEST_K, Perturbation, most_entropy

KS = st.integers(SMALLEST_K, 30)


@given(k=KS, count=st.integers(1, 100))
def test_the_noise_is_unbiased_bounded_and_of_the_stated_variance(k: int, count: int) -> None:
    """Over all cell keys: the mean is exactly 0, no noise is beyond k, and no count falls below 0."""
    perturbation = Perturbation(k)
    weights = perturbation.weights(count)
    assert sum(weights.values()) == KEYS
    assert min(weights.values()) >= 0
    assert sum(noise * weight for noise, weight in weights.items()) == 0
    variance = sum(noise**2 * weight for noise, weight in weights.items()) / KEYS
    assert variance == pytest.approx(perturbation.variance, rel=1e-6)
    assert perturbation.variance == 0.6 * k
    assert (min(weights), max(weights)) == (-min(count, k), k)
    assert perturbation.bound >= k


@given(k=KS, count=st.integers(1, 60), key=st.integers(0, 2**50))
def test_the_noise_is_a_function_of_the_count_and_the_key(k: int, count: int, key: int) -> None:
    """Equal cells get equal noise; a key counts as what is left of it below 2**32."""
    one, other = Perturbation(k), Perturbation(k)
    assert one.perturb(count, key) == other.perturb(count, key) == one.perturb(count, key % KEYS)
    assert 0 <= one.perturb(count, key) <= count + k
    assert one.perturb(0, key) == 0


@pytest.mark.parametrize("count", [1, 2, 5, 1000])
def test_keys_pick_each_noise_as_often_as_its_weight_says(count: int) -> None:
    """Keys that lie evenly hit each noise in proportion, to a key in the number of them."""
    perturbation = Perturbation(5)
    asked = 2**16
    found = [perturbation.perturb(count, place * (KEYS // asked)) - count for place in range(asked)]
    for noise, weight in perturbation.weights(count).items():
        assert found.count(noise) == pytest.approx(weight * asked / KEYS, abs=1)


@given(k=KS, count=st.integers(1, 30), seed=st.integers(0, 2**32))
def test_no_other_noise_with_those_moments_has_more_entropy(k: int, count: int, seed: int) -> None:
    """A step in any direction that keeps the sum, the mean and the variance loses entropy."""
    noises = range(-min(count, k), k + 1)
    p = most_entropy(noises, 0.6 * k)
    rng = Random(seed)
    direction = _without_moments([rng.gauss(0, 1) for _ in noises], noises)
    size = max(map(abs, direction))
    if size < 1e-6:  # three noises have one distribution with these moments
        return
    step = 0.5 * min(p) / size
    moved = [mass + step * change for mass, change in zip(p, direction, strict=True)]
    assert sum(moved) == pytest.approx(1, abs=1e-9)
    assert sum(noise**2 * mass for noise, mass in zip(noises, moved, strict=True)) == pytest.approx(0.6 * k, abs=1e-6)
    assert _entropy(moved) <= _entropy(p) + 1e-12


@given(k=KS, count=st.integers(1, 30))
def test_the_distribution_has_the_form_that_the_derivation_gives(k: int, count: int) -> None:
    """Its logarithm is a quadratic in the noise: its third differences vanish."""
    logs = [math.log(p) for p in most_entropy(range(-min(count, k), k + 1), 0.6 * k)]
    for _ in range(3):
        logs = [after - before for before, after in zip(logs, logs[1:], strict=False)]
    assert all(abs(difference) < 1e-6 for difference in logs)


@pytest.mark.parametrize("k", [-1, 0, 1, LARGEST_K + 1])
def test_a_k_that_protects_nobody_is_refused(k: int) -> None:
    """With the bounds that there are."""
    with pytest.raises(ValueError, match=r"from 2 to 100, not -?\d+"):
        Perturbation(k)


@pytest.mark.parametrize("variance", [-0.5, 0.0, 5.0])
def test_a_variance_that_cannot_be_is_refused(variance: float) -> None:
    """Noise of mean 0 from -1 to 5 has one above 0 and below 5."""
    with pytest.raises(ValueError, match="cannot have the variance"):
        most_entropy(range(-1, 6), variance)


def test_a_small_variance_can_be() -> None:
    """One of less than 1, which no k asks for."""
    assert most_entropy(range(-1, 2), 0.5) == pytest.approx([0.25, 0.5, 0.25])


def test_the_statements_make_keys_of_cells_of_as_many_values() -> None:
    """Else some noises would come more often than their weights say, and others never."""
    fragment = files("headcount.questions").joinpath("sql", "fragments", "record_key.sql").read_text(encoding="utf-8")
    assert fragment.endswith(f"modulo(install, {KEYS})\n")


def test_every_k_has_its_noise() -> None:
    """Up to the largest that is taken."""
    for k in (*range(SMALLEST_K, 12), 50, LARGEST_K):
        for count in (1, 2, k - 1, k, k + 1):
            assert sum(Perturbation(k).weights(count).values()) == KEYS


def _without_moments(direction: list[float], noises: range) -> list[float]:
    """What of a direction is at right angles to 1, d and d² (Gram and Schmidt)."""
    basis: list[list[float]] = []
    for power in range(3):
        vector = _project([float(noise**power) for noise in noises], basis)
        length = math.sqrt(sum(x * x for x in vector))
        if length > 1e-9:
            basis.append([x / length for x in vector])
    return _project(direction, basis)


def _project(vector: list[float], basis: list[list[float]]) -> list[float]:
    for axis in basis:
        along = sum(x * y for x, y in zip(vector, axis, strict=True))
        vector = [x - along * y for x, y in zip(vector, axis, strict=True)]
    return vector


def _entropy(p: list[float]) -> float:
    return -sum(mass * math.log(mass) for mass in p if mass > 0)
