"""What anybody may see: the publication, in every format, and nothing else."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from headcount.dashboard import THEMES
from headcount.questions import PUBLIC_TABLES, REGISTRY
from tests.support.command import headcount
from tests.support.reports import REPORT
from tests.support.routes import all_routes
from tests.support.serving import Served, serving
from tests.support.waiting import wait_until

_NAMED = {"Host": "headcount.example.org"}


def _simulate(data: Path, seed: int, installs: int) -> None:
    made = headcount("simulate", f"--installs={installs}", "--days=450", f"--seed={seed}", f"--into={data}")
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a simulated fleet that has published by itself."""
    path: Path = tmp_path_factory.mktemp("public")
    _simulate(path / "data", 1, 700)  # at the end of any quarter 300 were confirmed, so that a record can be released
    with serving(path / "data", path / "stderr") as served:
        wait_until(lambda: served.request("GET", "/public/api").status == 200, "the week was published")
        released = headcount("ask", "drop", "--where=plugin = SVN", "--format=markdown", f"--data={served.data}")
        assert released.returncode == 0, released.stderr
        yield served


@pytest.fixture(scope="module")
def other(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over another fleet, which was given the same publication."""
    path: Path = tmp_path_factory.mktemp("other")
    _simulate(path / "data", 2, 40)
    for published in ("publications", "records"):
        shutil.copytree(server.data / published, path / "data" / published)
    with serving(path / "data", path / "stderr") as served:
        yield served


def _routes(path: Path) -> list[str]:
    """The paths of all routes, as the server has them."""
    return [route for route, _ in all_routes(path / "routes")]


def _addresses(routes: list[str], record: str) -> Iterator[str]:
    """Every route with values for its places that are there and that are not, and with what one may add to it."""
    places = {
        "question": [*REGISTRY, "nonsense"],
        "record": [record, f"{record}.md", "nonsense"],
        "name": ["icon.svg", "headcount.css", "nonsense"],
    }
    added = ["", "?token=wrong", "?basis=seen", "?week=2020-W01", "?where=x", "?since=2026-01-01", "?format=csv"]
    for route in routes:
        found = [name for name in places if f"{{{name}}}" in route]
        for values in itertools.product(*(places[name] for name in found)):
            address = route
            for name, value in zip(found, values, strict=True):
                address = address.replace(f"{{{name}}}", value)
            yield from (address + end for end in added)
    for table in PUBLIC_TABLES:
        for kind in ("json", "csv", "parquet"):
            yield f"/public/api/{table.question}?by={table.by}&format={kind}"
    for kind in ("svg", "png"):
        yield f"/public/api/versions?format={kind}"
    yield from ("/nonsense", "/public/nonsense", "/api", "/metrics", "/healthz")


def test_a_new_publication_ends_a_tag(server: Served) -> None:
    """Until then 304; afterwards the page and the list of tables are others, and a table of a week stays as it is."""
    directory = server.data / "publications"
    newest = max(directory.iterdir())
    paths = ("/public", "/public/api", f"/public/api/versions?by=python&week={newest.stem}")
    tags = {path: server.request("GET", path).headers["etag"] for path in paths}
    assert {server.request("GET", path, headers={"If-None-Match": tag}).status for path, tag in tags.items()} == {304}
    older = directory / "2020-W01.json"
    older.write_text(newest.read_text().replace(newest.stem, older.stem))
    try:
        changed = [server.request("GET", path, headers={"If-None-Match": tags[path]}).status for path in paths]
        assert changed == [200, 200, 304]
    finally:
        older.unlink()


def test_no_route_without_a_token_shows_anything_but_the_publication(
    server: Served, other: Served, tmp_path: Path
) -> None:
    """Two servers over different fleets and one publication answer every route alike, byte for byte, headers too.

    They are asked by one name, since the links of the feed have it.
    """
    routes = _routes(tmp_path)
    (record,) = [path.stem for path in (server.data / "records").iterdir()]
    assert {"/", "/api/ask/{question}", "/public", "/public/api/{question}", "/public/records/{record}"} <= set(routes)
    walked = 0
    for address, method in itertools.product(_addresses(routes, record), ("GET", "HEAD", "POST", "PUT")):
        if method in ("POST", "PUT", "HEAD") and "?" in address:
            continue
        ours, theirs = (each.request(method, address, headers=_NAMED) for each in (server, other))
        for answered in (ours, theirs):
            answered.headers.pop("date", None)
            if address == "/sign-out":  # the cookie has the name of the server's port, and is taken away
                assert answered.headers.pop("set-cookie", '=""').partition("=")[2].startswith('""')
            if "allow" in answered.headers:  # a set, written in any order
                answered.headers["allow"] = "".join(sorted(answered.headers["allow"]))
        assert ours == theirs, (method, address)
        assert ours.status < 500, (method, address)
        walked += ours.status == 200
    assert walked > 50
    for path in ("/?token={}", "/api/ask/installs"):  # with their tokens they differ: the walk could have seen it
        shown = [
            each.request("GET", path.format(each.token), headers={"Authorization": f"Bearer {each.token}"}).body
            for each in (server, other)
        ]
        assert shown[0] != shown[1] or "token" in path


def _page(server: Served, path: str) -> str:
    answered = server.request("GET", path)
    assert answered.status == 200, path
    return answered.body.decode()


def test_the_pages_show_the_publication(server: Served) -> None:
    """Every table on the page of its theme, protected; nothing is loaded from elsewhere; the policy is that of all pages."""
    page = server.request("GET", "/public")
    week = server.request("GET", "/public/api").json()["weeks"][0]
    assert server.request("GET", f"/public?week={week}").body == page.body
    assert "unsafe" not in page.headers["content-security-policy"]
    whole = page.body.decode()
    themes = set(re.findall(rf'href="(/public/[a-z]+\?week={week})"', whole))
    assert len(themes) == len(THEMES)
    pages = {path: _page(server, path) for path in themes}
    for text in (whole, *pages.values()):
        assert "<svg" in text
        assert "<script" not in text
        assert not re.search(r"(src|href)=.(https?:)?//(?!creativecommons)", text)
    together = "".join(pages.values())
    for table in PUBLIC_TABLES:
        for name in ("json", "csv", "parquet", "svg", "png"):
            by = table.by.replace(",", "%2C")
            assert f"/public/api/{table.question}?by={by}&amp;week={week}&amp;format={name}" in together
    assert "Protected: every count has noise of at most 5" in together
    assert "fewer than 5" in together
    assert "vl_convert" not in Path(f"/proc/{server.process.pid}/maps").read_text()  # another process draws


def test_the_feed_has_the_weeks(server: Served) -> None:
    """At the address by which it was asked for; it leads to pages that are there."""
    answered = server.request("GET", "/public/feed.atom")
    assert (answered.status, answered.headers["content-type"]) == (200, "application/atom+xml")
    assert answered.headers["cache-control"] == "no-store"  # whoever asks by another name is given other links
    links = [link.attrib["href"] for link in ET.fromstring(answered.body).iter("{http://www.w3.org/2005/Atom}link")]
    assert len(links) == 3
    for link in links:
        assert link.startswith(server.url)
        assert server.request("GET", link.removeprefix(server.url)).status == 200
    assert 'href="/public/feed.atom"' in _page(server, "/public")


def test_the_dictionary_is_a_page(server: Served) -> None:
    """With every table of the dictionary in JSON."""
    page = _page(server, "/public/dictionary")
    for table in server.request("GET", "/public/dictionary.json").json()["tables"]:
        assert f"<code>{table['question']}</code> by <code>{table['by']}</code>" in page


def test_a_table_is_the_same_in_every_format(server: Served, tmp_path: Path) -> None:
    """JSON, CSV and Parquet hold the same rows; SVG and PNG are pictures with the caption's figures."""
    for by in ("python", "buildbot"):
        address = f"/public/api/versions?by={by}&format="
        answer = server.request("GET", address + "json").json()
        assert answer["protected"] is True
        assert answer["basis"] == "confirmed"
        assert len(answer["rows"]) > 1
        as_csv = server.request("GET", address + "csv")
        assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(as_csv.body.decode())))
        assert [row["version"] for row in rows] == [row["version"] for row in answer["rows"]]
        for row, other in zip(rows, answer["rows"], strict=True):
            assert row["installations"] == ("<5" if other["installations"] is None else str(other["installations"]))
        path = tmp_path / f"{by}.parquet"
        path.write_bytes(server.request("GET", address + "parquet").body)
        found, metadata = _parquet(path)
        assert found == [tuple(row.values()) for row in answer["rows"]]
        assert json.loads(metadata["headcount"])["denominator"] == answer["denominator"]
        assert json.loads(metadata["columns"])["installations"] == "how many installations"
    svg = ET.fromstring(server.request("GET", address + "svg").body)
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert f"Share of {answer['denominator']:,} installations" in "".join(svg.itertext())
    assert server.request("GET", address + "png").body.startswith(b"\x89PNG\r\n")


def test_the_whole_publication_is_a_parquet_file_with_its_dictionary(server: Served, tmp_path: Path) -> None:
    """Every row of every table; each column is in the data dictionary, which is made from the registry."""
    path = tmp_path / "week.parquet"
    path.write_bytes(server.request("GET", "/public/publication.parquet").body)
    rows, metadata = _parquet(path)
    whole = server.request("GET", "/public/publication.json").json()
    assert len(rows) == sum(len(table["rows"]) for table in whole["tables"])
    dictionary = json.loads(metadata["dictionary"])
    assert dictionary == server.request("GET", "/public/dictionary.json").json()
    known = set(dictionary["frame"])
    for table in dictionary["tables"]:
        known |= set(table["columns"])
        meanings = {column.name: column.meaning for column in REGISTRY[table["question"]].by[table["by"]].shown.columns}
        for name, column in table["columns"].items():
            assert column["meaning"] == meanings.get(name, column["meaning"])
    columns = [row[0] for row in _sql(f"DESCRIBE SELECT * FROM '{path}'")]
    assert set(columns) == known
    by_table = _sql(f"""SELECT question, "by", count(*) FROM '{path}' GROUP BY ALL""")
    assert {tuple(row[:2]) for row in by_table} == {(table.question, table.by) for table in PUBLIC_TABLES}


def _parquet(path: Path) -> tuple[list[Any], dict[str, str]]:
    pairs = _sql(f"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{path}')")
    return _sql(f"SELECT * FROM '{path}'"), dict(pairs)


def _sql(statement: str) -> list[Any]:
    with duckdb.connect(":memory:") as db:
        return db.execute(statement).fetchall()


def test_the_badge_says_how_many_are_alive(server: Served) -> None:
    """As the published table does."""
    answered = server.request("GET", "/public/badge.svg")
    assert answered.headers["content-type"] == "image/svg+xml"
    badge = ET.fromstring(answered.body)
    rows = server.request("GET", "/public/api/installs?by=state").json()["rows"]
    assert badge.attrib["aria-label"] == f"installations alive: {rows[0]['installations']}"


def test_the_command_gives_what_is_published(server: Served) -> None:
    """From the data directory and from an address, without a token; binary formats go to a file."""
    here = headcount("ask", "versions", "--public", "--data", str(server.data), "--format", "json")
    there = headcount("ask", "versions", "--public", "--url", server.url, "--format", "json")
    assert here.stdout == there.stdout != ""
    table = headcount("ask", "plugins", "--public", "--by", "bands", "--data", str(server.data))
    assert "fewer than 5" in table.stdout
    assert "Protected: every count has noise" in table.stdout
    for kind in ("parquet", "png", "svg"):
        done = headcount("ask", "versions", "--public", "--format", kind, "--data", str(server.data))
        assert done.printed == server.request("GET", f"/public/api/versions?format={kind}").body


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--week", "2020-W01"), "there is no publication of '2020-W01': there are 20"),
        (("--by", "perl"), "versions by 'perl' is not published: it is by buildbot, buildbot.release, python, "),
        (("--basis", "seen"), "--basis does not go with --public"),
        (("--since", "2026-01-01"), "--since does not go with --public"),
    ],
)
def test_what_is_not_published_is_refused(server: Served, arguments: tuple[str, ...], says: str) -> None:
    """In one sentence, from the command as from the address."""
    for where in (("--data", str(server.data)), ("--url", server.url)):
        refused = headcount("ask", "versions", "--public", *arguments, *where)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert says in refused.stderr
        assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("url", ["ftp://x", "http://[x", "http://x:port", "nonsense"])
def test_what_is_no_address_is_refused(url: str) -> None:
    """In one sentence."""
    refused = headcount("ask", "versions", "--public", "--url", url)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "is no address of a server" in refused.stderr


def test_what_is_published_stays_as_it_is(tmp_path: Path) -> None:
    """Over restarts, through more reports, and when it is asked to be published again."""
    data = tmp_path / "data"
    _simulate(data, 3, 60)
    first = headcount("publish", "--data", str(data), "--k", "3")
    assert first.returncode == 0, first.stderr
    assert "is published; counts under 3 are not said" in first.stdout
    (path,) = (data / "publications").iterdir()
    before = path.read_bytes()
    _simulate(data, 4, 60)
    with serving(data, tmp_path / "stderr") as served:
        again = headcount("publish", "--data", str(data))
        assert again.stdout == f"Week {path.stem} was published before, and stays as it is.\n"
        assert served.request("GET", "/public/publication.json").body == before
        assert served.stop() == ""
    assert path.read_bytes() == before


def test_what_others_may_keep_of_it(server: Served) -> None:
    """A week's publication for long, since it never changes; what is newest only for minutes."""
    week = server.request("GET", "/public/api").json()["weeks"][0]
    kept = [
        server.request("GET", path).headers["cache-control"]
        for path in ("/public", f"/public?week={week}", f"/public/plugins?week={week}", "/public?week=2020-W01")
    ]
    assert kept == ["public, max-age=300", "public, max-age=86400", "public, max-age=86400", "no-store"]


def test_of_too_few_nothing_is_published(tmp_path: Path) -> None:
    """And the page, the badge and the API say that nothing is; the command says why."""
    data = tmp_path / "data"
    with serving(data, tmp_path / "stderr") as served:
        assert served.post("/v1/reports", REPORT).status == 202
        served.wait_for_installations(1)
        refused = headcount("publish", "--data", str(data))
        assert refused.returncode == 1
        assert "nothing is published: there were fewer than 5 confirmed installations" in refused.stderr
        nothing = b"Nothing is published yet"
        for path, says in (
            ("/public", nothing), ("/public/plugins", nothing), ("/public/dictionary", nothing),
            ("/public/badge.svg", b"not published yet"),
        ):  # fmt: skip
            answered = served.request("GET", path)
            assert says in answered.body
            assert answered.headers["cache-control"] == "no-store"
        for path in ("/public/api", "/public/api/installs", "/public/publication.json", "/public/dictionary.json",
                     "/public/feed.atom"):  # fmt: skip
            answered = served.request("GET", path)
            assert (answered.status, answered.json()) == (404, {"problem": "nothing is published yet"})
    assert headcount("publish", "--data", str(data)).returncode == 1
    assert (
        headcount("ask", "installs", "--public", "--data", str(data)).stderr == "headcount: nothing is published yet\n"
    )


@pytest.mark.parametrize("k", ["1", "101", "five"])
def test_a_k_that_protects_nobody_is_bad_usage(k: str) -> None:
    """With the bounds that there are."""
    for command in ("serve", "publish"):
        refused = headcount(command, "--k", k)
        assert refused.returncode == 2
        assert "must be a whole number from 2 to 100" in refused.stderr
