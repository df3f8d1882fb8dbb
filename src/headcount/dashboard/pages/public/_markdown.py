"""The Markdown of a record as HTML: of all of Markdown what a record uses."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_HEADING = "### "
_ITEM = "- "
_CODE = re.compile(r"`([^`]*)`")
_MARKS = ((re.compile(r"\*\*([^*]+)\*\*"), "strong"), (re.compile(r"\*([^*]+)\*"), "em"))


def html_of(markdown: str) -> Markup:
    """Return Markdown as HTML: a heading of the first level, paragraphs, lists, code and stress; all else is text."""
    blocks = []
    for block in markdown.strip().split("\n\n"):
        if block.startswith(_HEADING):
            blocks.append(Markup("<h1>{}</h1>").format(_inline(block.removeprefix(_HEADING))))
        elif block.startswith(_ITEM):
            items = (_inline(line.removeprefix(_ITEM)) for line in block.split("\n"))
            blocks.append(Markup("<ul>{}</ul>").format(Markup("").join(map(Markup("<li>{}</li>\n").format, items))))
        else:
            blocks.append(Markup("<p>{}</p>").format(_inline(block)))
    return Markup("\n").join(blocks)


def _inline(text: str) -> Markup:
    """Return a line; what is code is in turn with what is not, and is left as it is."""
    parts = _CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else _stressed(part) for number, part in enumerate(parts)
    )


def _stressed(text: str) -> Markup:
    html = str(escape(text))
    for mark, tag in _MARKS:
        html = mark.sub(rf"<{tag}>\1</{tag}>", html)
    return Markup(html)  # noqa: S704  # it was escaped
