"""The page of all plugins, and that of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from headcount.contract import vocabulary
from headcount.dashboard._names import plugin_page
from headcount.questions import Answer, Query, find_plugin, plugin_names, shown_name
from tests.support.visits import Visit, Visitor, page_of

Asked = Callable[[Query], Answer]


def _listed(page: Visit) -> Sequence[str]:
    """The plugins of the last table of a page, by the addresses of their pages, in order."""
    table = page.rendered.html.rpartition('<section class="card" id="all"')[2]
    return [link for link in page.links if link.startswith("/plugins/") and f'href="{link}"' in table]


def test_the_table_has_all_plugins_and_is_sorted_and_paged_by_links(visit: Visitor, asked: Asked) -> None:
    """Numbers by the most, names by the alphabet; what is no column is as if it were not given."""
    every = asked(Query("plugins", by="all"))
    first = visit("/plugins?sort=plugin")
    second = visit("/plugins?sort=plugin&page=2")
    listed = [*_listed(first), *(link for link in _listed(second) if link not in _listed(first))]
    assert set(_listed(first)) | set(_listed(second)) == {plugin_page(str(row["plugin"])) for row in every.rows}
    assert len(listed) == len(every.rows)
    assert "/plugins?sort=instances" in first.links
    assert first.links["/plugins?sort=plugin&page=2#all"] == ["2"]
    assert 'aria-sort="ascending"' in first.rendered.html
    assert 'aria-sort="descending"' in visit("/plugins?sort=nonsense&page=-1").rendered.html


def test_what_everybody_uses_is_said_once_and_not_drawn(visit: Visitor, asked: Asked) -> None:
    """The finding begins with what tells masters apart."""
    every = asked(Query("plugins", by="all"))
    universal = [str(row["plugin"]) for row in every.rows if float(row["share"] or 0) >= 0.99]
    assert [shown_name(name) for name in universal] == ["BuilderConfig"]
    page = visit("/plugins")
    assert "BuilderConfig" not in page.finding
    assert shown_name(str(every.rows[1]["plugin"])) in page.finding


@pytest.mark.parametrize("name", ["Git", "buildbot.steps.source.git.Git", "console_view", "custom", "BuildFactory"])
def test_a_plugin_has_one_address(visit: Visitor, name: str) -> None:
    """By its short name; any other leads there, with the filter."""
    plugin = find_plugin(name)
    _, shown = page_of(plugin_page(plugin.name))
    assert find_plugin(shown) == plugin
    rendered = visit(f"/plugins/{name}?where=db+%3D+mysql").rendered
    assert rendered.location == ("" if name == shown else f"/plugins/{shown}?where=db+%3D+mysql")


def test_every_name_that_completes_leads_to_a_plugin() -> None:
    """Also one that has moved, and each plugin of the web interface."""
    for name in (*plugin_names(), *vocabulary().moved, *vocabulary().www):
        plugin = find_plugin(name)
        assert find_plugin(page_of(plugin_page(plugin.name))[1]) == plugin


def test_the_page_of_a_plugin_says_who_uses_it(visit: Visitor, asked: Asked) -> None:
    """How many of how many, with the share and its interval, in how many instances, and what became of it in a year."""
    answer = asked(Query("plugins", by="all"))
    number, row = next(
        (n, row) for n, row in enumerate(answer.rows) if row["plugin"] == "buildbot.steps.source.git.Git"
    )
    low, high = answer.intervals()[number]
    page = visit("/plugins/Git")
    assert page.finding.startswith(f"{row['installations']} masters of {answer.denominator} use Git: ")
    assert f"{100 * low:.0f}% to {100 * high:.0f}%, if those who report" in page.text
    year = asked(Query("drop", by="year", where="plugin = Git", basis="alive")).rows[0]
    assert f"from {year['before']} to {year['quarter']}: of the alive masters that used it then" in page.finding
    assert f"{year['kept']} kept it, {year['stopped']} stopped and {year['gone']} are gone" in page.finding
    assert page.links["/drop?where=plugin+%3D+Git"] == ["May we drop Git?"]
    assert page.links["/changes?with=plugin+%3D+Git"] == ["How its users differ"]
    assert page.links["/plugins#plugins-step"] == ["All of its kind: step"]
    assert "In Buildbot since 0.9.0, or before." in page.text


def test_a_plugin_over_time_is_of_those_of_its_head(visit: Visitor, asked: Asked) -> None:
    """The alive, or the confirmed where the filter says so."""
    for address, basis in (("/plugins/Git", "alive"), ("/plugins/Git?basis=confirmed", "confirmed")):
        page = visit(address)
        over = page.rendered.html.partition('id="drop-summary-month"')[2].partition("</section>")[0]
        assert f"basis={basis}" in over or basis == "confirmed"
        now = asked(Query("drop", over="month", where="plugin = Git", basis=basis)).rows[-1]
        assert page.finding.startswith(f"{now['installations']} masters of ")


def test_classes_of_their_own_are_no_plugin(visit: Visitor, asked: Asked) -> None:
    """They count for none, and nobody can drop them."""
    every = asked(Query("plugins", by="all"))
    named = [row for row in every.rows if row["plugin"] != "custom"]
    assert len(named) == len(every.rows) - 1
    assert visit("/plugins").finding.startswith(f"{len(named)} plugins are in use; ")
    page = visit("/plugins/custom")
    assert "<h1>Classes of their own</h1>" in page.rendered.html
    assert "use classes of their own: " in page.finding
    assert not [link for link in page.links if link.startswith("/drop?")]
    assert "All of its kind" not in page.text


def test_what_goes_with_a_plugin_is_what_its_users_use_more_often(visit: Visitor, asked: Asked) -> None:
    """Not what everybody uses, and not itself; of the master's parts there are no instances in bands."""
    page = visit("/plugins/Git")
    table = page.rendered.html.partition('id="combinations-companions"')[2].partition("</section>")[0]
    rows = [
        row
        for row in asked(Query("combinations", by="companions", where="plugin = Git")).rows
        if float(row["lift"] or 0) >= 1.2 and int(row["installations"] or 0) >= 5
    ]
    assert table.count("/plugins/") == len(rows[:10])
    assert 'href="/plugins/Git"' not in table
    assert "How many instances have they?" in page.text
    assert "How many instances have they?" not in visit("/plugins/console_view").text
    assert "How many instances have they?" not in visit("/plugins/BuildFactory").text


def test_a_filter_narrows_the_page_of_a_plugin(visit: Visitor, asked: Asked) -> None:
    """Its shares are of those who match."""
    answer = asked(Query("plugins", by="all", where="db = sqlite"))
    row = next(row for row in answer.rows if row["plugin"] == "buildbot.steps.source.git.Git")
    page = visit("/plugins/Git?where=db+%3D+sqlite")
    assert page.finding.startswith(f"{row['installations']} masters of {answer.denominator} use Git")
    assert "/drop?where=plugin+%3D+Git" in page.links


@pytest.mark.parametrize("name", ["Gitt", "buildbot.steps.nothing.Nothing", "<b>"])
def test_what_is_no_plugin_has_a_page_that_suggests(visit: Visitor, name: str) -> None:
    """It is missing, and its links lead to plugins."""
    page = visit(f"/plugins/{name}")
    assert page.rendered.missing
    assert "is no public class" in page.finding
    assert "<b>" not in page.rendered.html
    near = [link for link in page.links if link.startswith("/plugins/")]
    assert ("/plugins/Git" in near) is (name == "Gitt")
    assert all(find_plugin(page_of(link)[1]) for link in near)
    assert "/plugins" in page.links
