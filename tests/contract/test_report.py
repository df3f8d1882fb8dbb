"""Profiles as bytes."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from headcount.contract import Name, Profile, Release
from tests.support.profiles import from_canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.builds(Name, st.sampled_from(["buildbot.steps.source.git.Git", "a.B", "custom"]), st.integers(0, 31))
RELEASES = st.none() | st.builds(Release, *[st.integers(0, 999)] * 3)
COUNTS = st.integers(1, 1_000_000)
COUNTED = st.none() | st.lists(st.tuples(NAMES, COUNTS), max_size=4).map(tuple)
LISTED = st.none() | st.lists(st.tuples(TEXTS, COUNTS), max_size=3).map(tuple)
PROFILES = st.builds(
    Profile,
    st.sampled_from(["headcount", "stock"]),
    st.sampled_from(["basic", "full", "custom"]),
    vocabulary=st.none() | st.just("2026.11.24"),
    buildbot=RELEASES,
    python=RELEASES,
    twisted=RELEASES,
    sqlalchemy=RELEASES,
    system=st.none() | TEXTS,
    distro=st.none() | TEXTS,
    plugins=COUNTED,
    www=LISTED,
    pipelines=st.none() | st.lists(st.tuples(st.lists(NAMES, max_size=3).map(tuple), COUNTS), max_size=3).map(tuple),
    multi_master=st.none() | st.booleans(),
    build=st.none() | TEXTS,
    workers=st.none()
    | st.lists(st.tuples(st.builds(Release, *[st.integers(0, 999)] * 3), COUNTS), max_size=3).map(tuple),
    hooks=LISTED,
    protocols=LISTED,
    configurators=COUNTED,
    factories=COUNTED,
    variety=COUNTED,
    janitor=st.none() | st.just(True),
    scrubbed=st.lists(st.tuples(TEXTS, COUNTS), max_size=2).map(tuple),
)


@given(PROFILES)
def test_canonical_bytes_are_json_in_one_spelling(profile: Profile) -> None:
    """Those that ``json`` writes with sorted keys and no blanks, in ASCII; what was not answered is not in them."""
    data = profile.canonical()
    value = json.loads(data)
    assert data == json.dumps(value, separators=(",", ":"), sort_keys=True).encode("ascii")
    assert None not in value.values()
    assert ("scrubbed" in value) == bool(profile.scrubbed)


@given(PROFILES)
def test_canonical_bytes_are_read_back(profile: Profile) -> None:
    """Nothing is lost, an empty list included, which is not the same as no answer."""
    assert from_canonical(profile.canonical()) == profile
