"""A record as a page: what its Markdown says, as HTML."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from headcount.dashboard import SiteState, record_page, records_page
from headcount.dashboard.pages.public._markdown import html_of
from headcount.questions import Record, record_markdown

RECORD = Record(
    "plugin = CVS and python < 3.9", date(2026, 9, 30), 5, 1491, 1449, 66, 65, 39, ("4.3", "4.2"), 53, {"4.3": 46},
    {"arch": 9}, None, date(2026, 1, 3),
)  # fmt: skip


def test_the_page_says_what_the_markdown_says() -> None:
    """Word by word, with a link to the Markdown itself."""
    page = record_page(RECORD, SiteState())
    article = page.partition('<article class="record">')[2].partition("</article>")[0]
    words = unescape(re.sub("<[^>]+>", " ", article)).split()
    marked = re.sub(r"^(### |- )|[*`]", "", record_markdown(RECORD), flags=re.MULTILINE)
    assert "".join(words) == "".join(marked.split())
    assert "<h1>Before dropping: <code>plugin = CVS and python &lt; 3.9</code></h1>" in article
    assert f'href="/public/records/{RECORD.name}.md"' in page
    assert f'<a href="/public/records/{RECORD.name}"><code>plugin = CVS and python &lt; 3.9</code></a>' in records_page(
        [RECORD], SiteState()
    )


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("### a `*b*`", "<h1>a <code>*b*</code></h1>"),
        ("a **b** *c* <d> `<e>`", "<p>a <strong>b</strong> <em>c</em> &lt;d&gt; <code>&lt;e&gt;</code></p>"),
        ("- a\n- `b`", "<ul><li>a</li>\n<li><code>b</code></li>\n</ul>"),
    ],
)
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    """What is no mark is text."""
    assert html_of(markdown) == html
