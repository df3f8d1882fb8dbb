"""Six public masters in both forms: nothing in them is private, nothing is scrubbed, and both forms say the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from headcount.contract import Profile, read_report, read_stock, vocabulary
from tests.support import corpus
from tests.support.profiles import from_canonical

KNOWN = vocabulary()
FORMS = [(project, form) for project in corpus.PROJECTS for form in ("stock", "ours")]
AT_FULL = {"report generator", "authentication", "secrets provider"}
"""The kinds of which stock counts nothing."""
WORDS = {
    "4.3.0", "3.11.7", "3.13.0", "26.10.0", "26.4.0", "2.1.9", "2.0.51", "6.18", "Linux", "x86_64", "CPython",
    "debian:12", "debian:bookworm", "", "#1 SMP PREEMPT_DYNAMIC @0", "Linux-6.18.44-x86_64-with-glibc2.36", "sqlite",
    "postgresql", "simple", "full", "start", "2026.11.24",
}  # fmt: skip


def profile(project: str, form: corpus.Form) -> Profile:
    """Return what is read from a report of the corpus."""
    read = read_stock if form == "stock" else read_report
    return read(corpus.body(project, form), KNOWN).profile


def counted(found: Profile, *, without: frozenset[str] | set[str] = frozenset()) -> Counter[str]:
    """Return how often each kind of plugin is in a profile."""
    kinds: Counter[str] = Counter()
    for name, count in found.plugins or ():
        kinds[KNOWN.kind(name.base)] += count
    return Counter({kind: count for kind, count in kinds.items() if kind not in without})


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value that is no fixed key of a report."""
    if isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize(("project", "form"), FORMS)
def test_the_corpus_holds_public_names_and_words_alone(project: str, form: corpus.Form) -> None:
    """Whoever reads it learns classes of Buildbot's and of published packages, and no other text."""
    body = corpus.body(project, form)
    assert len(body.pop("installid")) == 40
    for name in (*body.pop("plugins"), *{name for builder in body.pop("builders") for name in builder}):
        assert KNOWN.path(name.lstrip(">").replace("/", ".")) is not None, name
    body.get("headcount", {}).pop("report", None)
    assert set(texts(body)) <= WORDS | KNOWN.www


@pytest.mark.parametrize(("project", "form"), FORMS)
def test_nothing_of_a_real_master_is_scrubbed(project: str, form: corpus.Form) -> None:
    """All that it says is public as it is; what is stored can be read again."""
    found = profile(project, form)
    assert found.scrubbed == ()
    assert found.level == "full"
    assert from_canonical(found.canonical()) == found


@pytest.mark.parametrize(("project", "form"), FORMS)
def test_the_counts_of_a_real_master_are_those_of_its_configuration(project: str, form: corpus.Form) -> None:
    """As many builders, plugins and steps as it has: each class in a builder is of the kind ``step``, over a mixin too.

    What stock, and our reporter of schema 1, count of the Janitor is no part of them.
    """
    body, found = corpus.body(project, form), profile(project, form)
    kinds = counted(found)
    steps = corpus.JANITOR_STEPS[project]
    builders = 1 if steps else 0
    assert found.janitor == (True if steps else None)
    assert len(body["builders"]) == kinds["builder"] + builders == corpus.BUILDERS[project]
    assert sum(map(len, body["builders"])) == kinds["step"] + steps == corpus.STEPS[project]
    assert sum(kinds.values()) + steps + 4 * builders == corpus.PLUGINS[project][form == "ours"]
    assert kinds["other"] == 0
    over = [count for name, count in found.plugins or () if name.base.endswith("Mixin")]
    assert sum(over) == corpus.OVER_MIXINS[project]


@pytest.mark.parametrize("project", corpus.PROJECTS)
def test_both_forms_of_a_master_say_the_same(project: str) -> None:
    """But for the kinds that only we count, one class that stock cannot name, and what only we ask."""
    stock, ours = profile(project, "stock"), profile(project, "ours")
    assert stock.janitor == ours.janitor
    assert counted(stock) == counted(ours, without=AT_FULL)
    unlike = set(stock.plugins or ()) ^ {
        (name, count) for name, count in ours.plugins or () if KNOWN.kind(name.base) not in AT_FULL
    }
    assert {name.base for name, _ in unlike} == (
        {"buildbot.util.service.BuildbotService", "buildbot_prometheus.prometheus.Prometheus"}
        if project == "dolphin"
        else set()
    )
    same = ("installid", "db", "mq")
    assert [corpus.body(project, "stock")[key] for key in same] == [corpus.body(project, "ours")[key] for key in same]
    for attribute in (
        "buildbot",
        "python",
        "twisted",
        "system",
        "machine",
        "distro",
        "kernel",
        "implementation",
        "www",
    ):
        assert getattr(stock, attribute) == getattr(ours, attribute), attribute
    assert Counter(stock.pipelines or ()) == Counter(ours.pipelines or ())


def test_the_corpus_is_what_its_page_says() -> None:
    """Each project has two files, and beside them there is the page alone."""
    named = {f"{project}.{form}.json" for project, form in FORMS}
    assert {path.name for path in corpus.DIRECTORY.iterdir()} == named | {"README.md"}
    assert all(json.loads((corpus.DIRECTORY / name).read_text(encoding="utf-8")) for name in named)
