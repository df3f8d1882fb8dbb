"""A query in every shape that it has: text, an address, a command, a key."""

from __future__ import annotations

import shlex
from datetime import date
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headcount.cli import _parser
from headcount.questions import REGISTRY, BadQuestion, Query

TEXTS = st.text(min_size=1).filter(lambda text: not text.startswith("-"))  # as every by and every condition begins
QUERIES = st.builds(
    Query,
    TEXTS,
    by=st.none() | TEXTS,
    basis=st.none() | st.sampled_from(["alive", "confirmed", "seen"]),
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
    where=st.none() | TEXTS,
)


@pytest.mark.ci
@given(QUERIES)
def test_each_shape_of_a_query_is_the_same_query(query: Query) -> None:
    """Text, the address and the command are read back as what was written."""
    assert Query.from_text(query.question, query.to_text()) == query
    address = urlsplit(query.path("/api/ask"))
    assert address.query == query.url_query()
    parameters = dict(parse_qsl(address.query, keep_blank_values=True, strict_parsing=query.to_text() != {}))
    assert Query.from_text(unquote(address.path.removeprefix("/api/ask/")), parameters) == query
    name, *arguments = shlex.split(query.command())
    options = vars(_parser().parse_args(arguments))
    given_options = {
        key: options[key] for key in ("by", "basis", "since", "until", "where") if options[key] is not None
    }
    assert (name, Query.from_text(options["question"], given_options)) == ("headcount", query)


def test_equal_queries_are_one_key() -> None:
    """However a day was written."""
    query = Query("versions", until=date(2026, 10, 31))
    assert {query: 1}[Query.from_text("versions", {"until": "2026-10-31"})] == 1
    assert Query.from_text("versions", {"until": "20261031"}) == query


def test_what_is_not_given_is_not_written() -> None:
    """The defaults are the question's own, and may change."""
    query = Query("versions", by="python", where="plugin = CVS and python < 3.10")
    assert query.to_text() == {"by": "python", "where": "plugin = CVS and python < 3.10"}
    assert query.path() == "/questions/versions?by=python&where=plugin+%3D+CVS+and+python+%3C+3.10"
    assert query.command() == "headcount ask versions --by python --where 'plugin = CVS and python < 3.10'"
    assert [Query(name).path() for name in REGISTRY] == [f"/questions/{name}" for name in REGISTRY]


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        (
            {"year": "2026", "week": "3"},
            (
                "there is no parameter 'week' (did you mean where?): "
                "there are basis, by, over, since, support, until, where, with"
            ),
        ),
        ({"since": "yesterday"}, "since must be a day such as 2026-10-31, not 'yesterday'"),
        ({"until": ""}, "until must be a day such as 2026-10-31, not ''"),
        ({"support": "0"}, "support must be a number of installations from 1 on, not '0'"),
        ({"support": "five"}, "support must be a number of installations from 1 on, not 'five'"),
    ],
)
def test_what_no_query_can_be_read_from_is_refused(parameters: dict[str, str], says: str) -> None:
    """With what can be given."""
    with pytest.raises(BadQuestion) as refusal:
        Query.from_text("versions", parameters)
    assert str(refusal.value) == says
