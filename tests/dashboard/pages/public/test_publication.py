"""The pages of a publication: themes with what they say, figures and charts; every link on the page leads somewhere."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from headcount.dashboard import Licence, PublicSite, SiteState, dictionary_page, picture, public_page, theme_page
from headcount.questions import PUBLIC_TABLES, Cell, dictionary
from tests.support.publications import FLEET, publication, table

WEEKS = ["2026-W48", "2026-W47", "2025-W52"]
SITE = SiteState("https://headcount.example.org")
LICENCE = Licence("CC0-1.0")
PUBLIC = PublicSite(WEEKS, LICENCE, SITE)


def _ids(page: str) -> Counter[str]:
    return Counter(re.findall(r' id="([^"]+)"', page))


def test_the_page_begins_with_what_it_says() -> None:
    """Then four figures, the themes that have tables, how to take it away and cite it, and all weeks."""
    page = public_page(publication(), picture, PUBLIC)
    assert page.index("About 1,520 masters reported") < page.index('class="facts"') < page.index('id="buildbot"')
    assert page.count("<dd>") == 4
    assert 'id="reporting"' not in page
    ids = _ids(page)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids.keys()
    assert max(ids.values()) == 1
    assert "<script" not in page
    assert '<link rel="alternate" type="application/atom+xml"' in page
    assert '<a rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/">CC0-1.0</a>' in page
    assert '<a href="/public?week=2026-W48">https://headcount.example.org/public?week=2026-W48</a>' in page
    assert all(f'href="/public?week={week}"' in page for week in WEEKS)
    assert "an older week" not in page


def test_an_older_week_says_so() -> None:
    """And leads to the newest, and to those before and after it."""
    page = public_page(publication("2026-W47", FLEET[:1]), picture, PUBLIC)
    assert '<a href="/public">The newest is 2026-W48</a>' in page
    assert '<a href="/public?week=2025-W52" rel="prev">' in page
    assert '<a href="/public?week=2026-W48" rel="next">' in page


def test_a_theme_has_all_its_tables_of_the_publication() -> None:
    """The plugins by their kind; each in every format; one of which nothing can be said has no chart."""
    page = theme_page(publication(), "plugins", picture, PUBLIC)
    titles = re.findall(r'<h2 id="t-[^"]+">([^<]+)</h2>', page)
    assert titles == ["Steps", "Builders"]
    assert "fewer than 5" in page
    for name in ("json", "csv", "parquet", "svg", "png"):
        assert f'href="/public/api/plugins?by=all&amp;week=2026-W48&amp;format={name}"' in page
    hidden = theme_page(publication(tables=[table("environments", "mq", [("simple", None)])]), "environments", picture,
                        PUBLIC)  # fmt: skip
    assert "With which message queue?" in hidden
    assert "<svg" not in hidden


def test_the_dictionary_has_every_table_and_column() -> None:
    """With the words of the registry; where nothing is published, that is said."""
    page = dictionary_page(5, LICENCE, SITE)
    for said in dictionary(5)["tables"]:
        assert f"<code>{said['question']}</code> by <code>{said['by']}</code>" in page
        for name, column in said["columns"].items():
            assert f"<td><code>{name}</code></td><td>{column['type']}</td>" in page
    assert page.count("<h3 ") == len(PUBLIC_TABLES)
    assert max(_ids(page).values()) == 1
    assert "Nothing is published yet" in dictionary_page(None, LICENCE, SITE)


def test_months_say_why_few_are_new() -> None:
    """Beside the counts, since newcomers are counted from their second day on."""
    row: dict[str, Cell | None] = {"period": "2026-10", "installations": 534, "share": 0.5, "new": None}
    months = replace(table("installs", "month", []), rows=(row,))
    assert "were seen on two days" in public_page(publication(tables=[months]), picture, PUBLIC)
    assert "were seen on two days" not in public_page(publication(tables=FLEET[:1]), picture, PUBLIC)


def test_what_an_operator_says_is_text() -> None:
    """A licence that is not known has no link."""
    page = public_page(publication(tables=FLEET[:1]), picture, PublicSite(WEEKS, Licence("ours <b>"), SITE))
    assert "ours &lt;b&gt;" in page
    assert "license" not in page
    assert "Licence of the figures" not in public_page(
        publication(tables=FLEET[:1]), picture, PublicSite(WEEKS, Licence(), SITE)
    )
