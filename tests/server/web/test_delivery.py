"""How answers go out: compressed, with tags, and under names that others may keep for ever."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from headcount.contract import Arrival, Profile, vocabulary
from headcount.dashboard import asset
from tests.support.clocks import Machine
from tests.support.routes import Site, site

NOW = 1_793_491_100
DAYS = "/api/ask/installs?by=day&basis=seen&since=2026-08-01&until=2026-10-31"
GZIP = {"accept-encoding": "br;q=1.0, gzip;q=0.8"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of one installation."""
    with site(tmp_path_factory.mktemp("delivery") / "data", Machine(float(NOW))) as opened:
        content = Profile("stock", "basic", buildbot=vocabulary().newest).canonical()
        opened.data.warehouse.load([Arrival(NOW - 60, 1, 1, content)], inbox="a", through=1)
        yield opened


def test_a_page_loads_files_by_their_content(made: Site) -> None:
    """Each under an address that may be kept for ever; by its plain name it is there too, and to be asked for again."""
    page = made.get("/sign-in").body.decode()
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) == 2
    for address in addresses:
        plain = re.sub(r"\.[0-9a-f]{12}\.", ".", address)
        hashed, named = made.get(address), made.get(plain)
        assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert named.headers["cache-control"] == "public, max-age=3600"
        assert hashed.body == named.body


@pytest.mark.parametrize(
    "name", ["headcount.000000000000.css", "other.000000000000.css", "headcount.css.", "__init__.py", "../_site.py"]
)
def test_a_file_of_another_content_is_not_there(name: str) -> None:
    """It would be kept for ever under a wrong name."""
    assert asset(name) is None


def test_text_goes_out_compressed(made: Site) -> None:
    """Pages, style sheets, answers and tables; whoever takes no gzip gets the same as it is."""
    for path in ("/privacy", "/static/headcount.css", DAYS, f"{DAYS}&format=csv", "/"):
        plain, short = made.get(path), made.get(path, GZIP)
        assert short.headers["content-encoding"] == "gzip", path
        assert int(short.headers["content-length"]) == len(short.body) < len(plain.body)
        assert gzip.decompress(short.body) == plain.body
        assert short.headers["vary"] == plain.headers["vary"] == "accept-encoding"
        assert "content-encoding" not in plain.headers
        assert "content-encoding" not in made.get(path, {"accept-encoding": "gzip;q=0, deflate"}).headers


def test_what_is_small_or_compressed_already_goes_out_as_it_is(made: Site) -> None:
    """It would only grow."""
    for path in ("/healthz", "/static/icon.svg", "/api/ask/versions?format=parquet"):
        assert "content-encoding" not in made.get(path, GZIP).headers


def test_what_another_site_has_a_maintainer_ask_for_is_not_compressed(made: Site) -> None:
    """Its length would tell whether a guess in the address is in the answer; what is public may be guessed by anybody."""
    for elsewhere in ("cross-site", "same-site"):
        asked = {**GZIP, "sec-fetch-site": elsewhere}
        assert "content-encoding" not in made.get("/questions/versions", asked).headers
        assert made.get("/static/headcount.css", asked).headers["content-encoding"] == "gzip"
    here = {**GZIP, "sec-fetch-site": "same-origin"}
    assert made.get("/questions/versions", here).headers["content-encoding"] == "gzip"


def test_no_page_holds_the_token_of_a_link(made: Site) -> None:
    """It would be guessed by the length of a page; nor would it stay with who opened the link."""
    for path in ("/", "/questions/versions", "/sign-in", "/privacy", "/public"):
        assert made.token.encode() not in made.get(path).body


def test_who_has_an_answer_is_told_so(made: Site) -> None:
    """304 without a body, in either encoding, with the headers that caches go by; another tag gets the whole answer."""
    for path in ("/privacy", "/static/headcount.css", "/", "/questions/versions", "/api/ask/versions?format=csv"):
        current = made.get(path, GZIP).headers["etag"]
        assert made.get(path).headers["etag"] == current
        for given in (current, f'"other", {current}', "*"):
            held = made.get(path, {**GZIP, "if-none-match": given})
            assert (held.status, held.body) == (304, b""), path
            assert held.headers["etag"] == current
            assert held.headers["vary"] == "accept-encoding"
            assert held.headers["cache-control"]
            assert "content-type" not in held.headers
        assert made.get(path, {"if-none-match": '"other"'}).status == 200


def test_what_may_not_be_stored_has_no_tag(made: Site, tmp_path: Path) -> None:
    """Nothing is published yet, which is soon over; nor has what is refused one."""
    assert "etag" not in made.get("/public").headers
    assert "etag" not in made.get("/?basis=all").headers
