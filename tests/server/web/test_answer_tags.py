"""A tag stands for what would be shown now: it never has somebody keep what is no longer so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headcount.contract import Arrival, Profile, vocabulary
from headcount.dashboard import PAGES as PAGES_OF_SITE
from headcount.questions import Query
from headcount.server.data.answer_cache import AnswerCache
from headcount.server.web.answer_tags import AnswerTags
from tests.support.clocks import Machine
from tests.support.routes import Site, address_of, site

NOW = 1_793_491_100
PAGES = ("/questions/versions?by=python", "/api/ask/versions?by=buildbot", "/api/ask/versions?format=csv")
_CONTENT = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()


@pytest.fixture
def machine() -> Machine:
    """A machine in the evening of a day."""
    return Machine(float(NOW))


@pytest.fixture
def made(tmp_path: Path, machine: Machine) -> Iterator[Site]:
    """A site of one installation."""
    with site(tmp_path / "data", machine) as opened:
        _report(opened, 1)
        yield opened


def _report(made: Site, install: int) -> None:
    made.data.warehouse.load([Arrival(NOW - 60, install, 1, _CONTENT)], inbox="a", through=install)


def test_a_change_ends_a_tag(made: Site, machine: Machine) -> None:
    """A load, an erasure, a rebuild and a new day: each page and answer is made anew, and has another tag."""
    changes: dict[str, Callable[[], object]] = {
        "a report": lambda: _report(made, 2),
        "an erasure": lambda: made.data.warehouse.erase([2], NOW),
        "tables computed again": made.data.warehouse.rebuild,
        "a new day": lambda: machine.skip(86_400),
    }
    tags = {path: made.get(path).headers["etag"] for path in PAGES}
    for change, make in changes.items():
        assert {made.get(path, {"if-none-match": tag}).status for path, tag in tags.items()} == {304}, change
        make()
        for path, tag in tags.items():
            after = made.get(path, {"if-none-match": tag})
            assert after.status == 200, change
            tags[path] = after.headers["etag"]
            assert tags[path] != tag, change


def test_each_asker_address_and_start_has_a_tag_of_its_own(made: Site, tmp_path: Path, machine: Machine) -> None:
    """Whose answer it is, under which conditions, and of which start, whose numbers begin again."""
    _, token = made.data.tokens.make("another")
    path = "/questions/versions?by=python"
    tag = made.get(path).headers["etag"]
    for other in (made.get(path, {"authorization": f"Bearer {token}"}), made.get(f"{path}&basis=confirmed")):
        assert other.headers["etag"] != tag
    tags = [AnswerTags(AnswerCache(made.data.warehouse, lambda: NOW)) for _ in range(2)]
    first, second = (each.making("page") for each in tags)
    assert first.ask(Query("versions")) == second.ask(Query("versions"))
    assert first.headers() != second.headers()


def test_every_page_is_known_again(tmp_path: Path, machine: Machine) -> None:
    """Each page has a tag of its own, and whoever has it is told so."""
    addresses = [address_of(page.path) for page in PAGES_OF_SITE]
    with site(tmp_path / "empty", machine) as empty:
        tags = {path: empty.get(path).headers.get("etag") for path in addresses}
        assert all(tags.values()), tags
        assert {empty.get(path, {"if-none-match": str(tag)}).status for path, tag in tags.items()} == {304}
        assert len(set(tags.values())) == len(tags)


def test_what_was_refused_has_no_tag(made: Site) -> None:
    """The same question may be answered a moment later."""
    assert "etag" not in made.get("/questions/versions?by=perl").headers


def test_a_look_that_needs_no_answer_is_noted(made: Site) -> None:
    """Who looks is noted, also where they have the page already."""
    for path in PAGES:
        assert made.get(path, {"if-none-match": made.get(path).headers["etag"]}).status == 304
    lines = [
        json.loads(line) for path in made.data.directory.questions.iterdir() for line in path.read_text().splitlines()
    ]
    asked = [line["asked"] for line in lines]
    assert asked[::2] == asked[1::2] == ["the page of versions", "versions", "versions"]
