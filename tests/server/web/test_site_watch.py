"""What is said at the top of every page, and what a browser gets where there is no page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headcount.contract import Arrival, Profile, vocabulary
from headcount.dashboard import PAGES
from headcount.server.data.simulation import Origin
from tests.support.clocks import Machine
from tests.support.routes import Site, address_of, site

NOW = 1_793_491_100
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PUBLIC = ("/public", "/public/records", "/privacy", "/sign-in", "/nonsense", "/public?week=2020-W01", "/public?what=1")
UNDRAWN = "/questions/versions?by=perl"
MAINTAINERS = (*(address_of(page.path) for page in PAGES), UNDRAWN)
_CONTENT = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()


@pytest.fixture
def machine() -> Machine:
    """A machine in the evening of a day."""
    return Machine(float(NOW))


@pytest.fixture
def made(tmp_path: Path, machine: Machine) -> Iterator[Site]:
    """A site without a report."""
    with site(tmp_path / "data", machine) as opened:
        yield opened


def _report(made: Site) -> None:
    made.data.warehouse.load([Arrival(NOW - 60, 1, 1, _CONTENT)], inbox="a", through=1)


def _says(made: Site, path: str, text: str) -> bool:
    return text in " ".join(made.get(path, BROWSER).body.decode().split())


def test_every_page_says_that_a_fleet_is_simulated(made: Site, machine: Machine) -> None:
    """To everybody, on every page there is; and that real reports are among them, where they are."""
    texts = {
        Origin.REAL: "",
        Origin.SIMULATED: "These are not real installations.",
        Origin.MIXED: "These are not real installations, and real reports are among them",
    }
    for origin, text in texts.items():
        if origin is not Origin.REAL:
            made.data.simulation.set(origin)
        machine.skip(5)
        for path in (*PUBLIC, *MAINTAINERS):
            assert _says(made, path, text), (origin, path)
            assert _says(made, path, "Simulated fleet.") == (origin is not Origin.REAL), path


def test_an_empty_collector_says_how_a_master_reports_to_it(made: Site) -> None:
    """In the two lines of the documents, with its own address, until there is a report; maintainers alone are told."""
    line = "util.UsageData(url=&#39;https://headcount.example.org&#39;)"
    documents = Path(__file__).parents[3].joinpath("docs", "administrator.md").read_text()
    assert line.replace("&#39;", "'") in documents
    for path in MAINTAINERS:
        assert line in made.get(path).body.decode().replace("'", "&#39;")
    for path in PUBLIC:
        assert not _says(made, path, "No report has come yet")
    assert _says(made, UNDRAWN, "No report has come yet")
    _report(made)
    assert not _says(made, UNDRAWN, "No report has come yet")


def test_a_collector_that_hears_nothing_says_since_when(made: Site, machine: Machine) -> None:
    """After two days."""
    _report(made)
    machine.skip(47 * 3600)
    assert not _says(made, UNDRAWN, "No report has come for more than two days")
    machine.skip(2 * 3600)
    assert _says(made, UNDRAWN, "No report has come for more than two days.</strong> The newest is of")
    assert _says(made, UNDRAWN, f"{datetime.fromtimestamp(NOW - 60, UTC):%Y-%m-%d %H:%M}</time> UTC")
    assert not _says(made, "/public", "No report has come")


def test_reports_that_cannot_be_loaded_are_said(made: Site) -> None:
    """What is shown is then from before."""
    path = "/questions/versions"
    tag = made.get(path).headers["etag"]
    made.data.loader.failing = True
    assert _says(made, path, "What was reported lately cannot be loaded")
    assert made.get(path, {"if-none-match": tag}).status == 200


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nonsense", 404, "Nothing of this collector is at this address."),
        ("/questions/nonsense", 404, "There is no question &#39;nonsense&#39;: it is one of installs"),
        ("/public?week=2020-W01", 404, "There is no publication of &#39;2020-W01&#39;: there are none."),
        ("/public?what=1", 400, "There is no parameter &#39;what&#39; here"),
    ],
)
def test_where_there_is_no_page_a_browser_gets_one_that_says_so(made: Site, path: str, status: int, says: str) -> None:
    """With links that lead on; a program gets what it did."""
    page = made.get(path, BROWSER)
    assert (page.status, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert says in page.body.decode()
    for link in ("/", "/public", "/privacy"):
        assert f'href="{link}"' in page.body.decode()
    program = made.get(path, {"accept": "*/*"})
    assert program.status == status
    assert not program.headers["content-type"].startswith("text/html")


def test_crawlers_are_told_what_is_public(made: Site) -> None:
    """In `robots.txt`; and each public page says what it is, for lists of findings and cards."""
    robots = made.get("/robots.txt", signed_in=False)
    assert robots.body.decode().splitlines() == [
        "User-agent: *", "Allow: /public", "Allow: /privacy", "Allow: /static/", "Disallow: /"
    ]  # fmt: skip
    for path in ("/public", "/public/records", "/privacy"):
        assert b'<meta name="description" content="' in made.get(path, signed_in=False).body
