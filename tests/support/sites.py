"""Pages over a warehouse, as the server renders them, but with a picture that is always the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from typing import Any

from headcount.dashboard import Drawer, Picture, View
from headcount.dashboard._panel import Asker
from headcount.dashboard._view import Rendered
from headcount.questions import Answer, Chart, Query, Record, Removal, ask
from headcount.warehouse.duckdb import DuckWarehouse

PICTURE = Picture("<svg>wide</svg>", "<svg>narrow</svg>", "What the picture shows.")

Render = Callable[[Asker, Drawer, View], Rendered]


@dataclass
class Site:
    """A warehouse looked at on a day; ``asked``: what the pages asked, in order."""

    warehouse: DuckWarehouse
    today: date
    asked: list[Query] = field(default_factory=list)
    _kept: dict[Query, Answer] = field(default_factory=dict)

    def ask(self, query: Query) -> Answer:
        """Answer a query, from the warehouse the first time."""
        self.asked.append(query)
        if query not in self._kept:
            self._kept[query] = ask(self.warehouse, query, today=self.today)
        return self._kept[query]

    def draw(self, answer: Answer, kind: Chart | None = None, beside: Answer | None = None) -> Picture:
        """Return the picture."""
        assert answer.rows
        return PICTURE

    def get(
        self,
        render: Render,
        parameters: Mapping[str, str] | None = None,
        *,
        name: str = "",
        records: tuple[Record, ...] = (),
        removals: tuple[Removal, ...] = (),
        **view: Any,
    ) -> Rendered:
        """Return a page with the parameters of its address."""
        return render(
            self.ask,
            self.draw,
            View(name, parameters or {}, today=self.today, records=records, removals=removals, **view),
        )


def words(rendered: Rendered) -> str:
    """Return what a page says, without its markup and with single blanks."""
    main = rendered.html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def finding(rendered: Rendered) -> str:
    """Return the finding at the head of a page."""
    found = re.search(r'<p class="finding">(.*?)</p>', rendered.html, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def links(rendered: Rendered) -> list[str]:
    """Return where the links of a page lead, without those of its head and foot."""
    main = rendered.html.partition("<main")[2].partition("</main>")[0]
    return [unescape(path) for path in re.findall(r'href="([^"]*)"', main)]
