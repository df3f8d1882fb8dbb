"""The search: to one thing it leads, of several it gives a list, and never does it lead off the site."""

from __future__ import annotations

import pytest

from headcount.dashboard.pages import search
from tests.support.sites import Site, finding, links, words


@pytest.mark.parametrize(
    ("typed", "leads"),
    [
        ("CVS", "/plugins/buildbot.steps.source.cvs.CVS"),
        ("  cvs ", "/plugins/buildbot.steps.source.cvs.CVS"),
        ("buildbot.steps.source.cvs.CVS", "/plugins/buildbot.steps.source.cvs.CVS"),
        ("buildbot.config.BuilderConfig", "/plugins/buildbot.config.builder.BuilderConfig"),  # where it was once
        ("console_view", "/plugins/console_view"),
        ("4.3.0", "/upgrades?release=4.3.0"),
        ("v4.2.1", "/upgrades?release=4.2.1"),
        ("4.3", "/versions?where=buildbot+%3D+4.3"),
        ("python 3.9", "/versions?where=python+%3D+3.9"),
        ("versions", "/questions/versions"),
        ("Hardly used", "/questions/candidates"),
        ("debian:12", "/environments?where=distro+%3D+debian%3A12"),
        ("Debian 12", "/environments?where=distro+%3D+debian%3A12"),
        ("wamp", "/environments?where=mq+%3D+wamp"),
    ],
)
def test_one_thing_leads_to_its_page(bare: Site, typed: str, leads: str) -> None:
    """A plugin under any path, a release, a series, a question, a value of an environment; whatever the case."""
    assert bare.get(search.page, {"q": typed}).location == leads


def test_several_things_are_a_list(bare: Site) -> None:
    """With what each is; the first is what has just that name."""
    page = bare.get(search.page, {"q": "poller"})
    assert page.location == ""
    assert "/plugins/buildbot.changes.gitpoller.GitPoller" in links(page)
    assert links(page)[0] == "/environments?where=hook+%3D+poller"
    both = bare.get(search.page, {"q": "3.9"})
    assert {"/versions?where=buildbot+%3D+3.9", "/versions?where=python+%3D+3.9"} <= {*links(both)}


def test_nothing_found_suggests_what_is_near(bare: Site) -> None:
    """And says so; nothing looked for is a form."""
    page = bare.get(search.page, {"q": "postgers"})
    assert finding(page) == "Nothing that a report can name is called postgers."
    assert "/environments?where=db+%3D+postgresql" in links(page)
    assert "What do you look for?" in words(bare.get(search.page))


@pytest.mark.parametrize(
    "typed",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "<script>", "x" * 5000, "\x00", "4.3.0\r\nA: b"],
)
def test_it_never_leads_off_the_site(bare: Site, typed: str) -> None:
    """Whatever was typed; and it stands on the page as text."""
    page = bare.get(search.page, {"q": typed})
    assert page.location == ""
    assert "<script>" not in page.html.partition("<main")[2].partition("</main>")[0]
    assert all(path.startswith(("/plugins", "/questions", "/environments")) for path in links(page))
