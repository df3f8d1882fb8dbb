"""The feed of the weeks, as Atom (RFC 4287) wants it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from headcount.dashboard import Licence, feed
from tests.support.publications import publication

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = "https://headcount.example.org"
LICENCE = Licence("CC0-1.0")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # RFC 3339


def _one(element: ET.Element, name: str) -> str:
    (found,) = element.findall(ATOM + name)
    return "".join(found.itertext())


def test_the_feed_is_valid() -> None:
    """The feed and each entry have an id, a title and a time each; the author is the feed's; links are absolute."""
    root = ET.fromstring(feed([publication("2026-W48"), publication("2026-W47")], ADDRESS, LICENCE))
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for element in (root, *entries):
        assert _one(element, "id").startswith("urn:uuid:")
        assert _one(element, "title")
        assert _TIME.fullmatch(_one(element, "updated"))
        assert all(link.attrib["href"].startswith(f"{ADDRESS}/public") for link in element.findall(f"{ATOM}link"))
    assert len({_one(element, "id") for element in (root, *entries)}) == 3
    assert root.findall(f"{ATOM}author/{ATOM}name")[0].text == "Headcount"
    assert {link.attrib["rel"] for link in root.findall(f"{ATOM}link")} == {"self", "alternate"}
    assert _one(root, "updated") == _one(entries[0], "updated") == "2026-11-30T01:00:00Z"
    assert _one(root, "rights").startswith("CC0-1.0")
    (content,) = entries[0].findall(f"{ATOM}content")
    assert content.attrib == {"type": "text"}
    assert "About 1,520 masters reported" in str(content.text)


def test_an_entry_stays_what_it_is() -> None:
    """Its id and its time do not change when weeks are added."""

    def known(*weeks: str) -> dict[str, str]:
        root = ET.fromstring(feed([publication(week) for week in weeks], ADDRESS, LICENCE))
        return {_one(entry, "id"): _one(entry, "updated") for entry in root.findall(f"{ATOM}entry")}

    before = known("2026-W47")
    assert before.items() <= known("2026-W48", "2026-W47").items()


def test_an_address_cannot_write_into_the_feed() -> None:
    """It comes from whoever asks."""
    root = ET.fromstring(feed([publication()], 'http://x"/><id>y</id>', LICENCE))
    assert len(root.findall(f"{ATOM}id")) == 1
