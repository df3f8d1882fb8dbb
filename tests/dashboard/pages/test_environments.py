"""The page of environments."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from headcount.questions import Answer, Query
from tests.support.visits import Visit, Visitor

Asked = Callable[[Query], Answer]


def _table(page: Visit) -> str:
    return page.rendered.html.partition('<table class="cross">')[2].partition("</table>")[0]


def test_any_two_are_crossed(visit: Visitor, asked: Asked) -> None:
    """The cells are the counts, whichever is down and which across; each leads to both conditions."""
    answer = asked(Query("environments", by="system,db"))
    first = answer.rows[0]
    for address in ("/environments?rows=system&columns=db", "/environments?rows=db&columns=system"):
        page = visit(address)
        table = _table(page)
        assert table.count("<td") >= len(answer.rows)
        assert f">{first['installations']}</a>" in table
        both = f"where=system+%3D+{first['value']}+and+db+%3D+{first['with']}"
        assert any(link.endswith(both) for link in page.links)
    assert (page.fields["rows"], page.fields["columns"]) == ("db", "system")


@pytest.mark.parametrize("typed", ["rows=db&columns=db", "rows=nonsense", "columns=hook"])
def test_what_cannot_be_crossed_is_as_if_it_were_not_given(visit: Visitor, typed: str) -> None:
    """Twice the same, what there is not, and what an installation has several of."""
    page = visit(f"/environments?{typed}")
    assert (page.fields["rows"], page.fields["columns"]) == ("distro", "db")


def test_masters_that_are_in_no_cell_are_counted(visit: Visitor, asked: Asked) -> None:
    """A table has the commonest, and says how many are elsewhere."""
    answer = asked(Query("environments", by="distro,kernel"))
    page = visit("/environments?rows=distro&columns=kernel")
    counted = sum(int(number) for number in re.findall(r">(\d+)(?:</a>| <small>|</td>)", _table(page)))
    left = sum(int(row["installations"] or 0) for row in answer.rows) - counted
    assert f"{left} of them are in none of these cells." in page.text


def test_the_finding_is_what_most_run_on(visit: Visitor, asked: Asked) -> None:
    """With the number of which it is a share."""
    answer = asked(Query("environments", by="system"))
    assert f"of the {answer.denominator} that tell run {answer.rows[0]['value']}." in visit("/environments").finding
