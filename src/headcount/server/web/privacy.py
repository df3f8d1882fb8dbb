"""The privacy page of this collector, made from the catalog and from the list of what is kept."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from headcount import dashboard
from headcount.contract import ACCOMPANIMENTS, CATALOG
from headcount.server.data.contents import contents
from headcount.server.web.site_watch import public_state
from headcount.settings import Settings

UNIQUE = 91
"""So many of 100 installations of a simulated fleet of 3,000 masters have a `basic` configuration that no other one has.

`python -m bench protection` measures it, and a test holds that it is so.
"""


def privacy_route(settings: Callable[[], Settings], warehouse: str, *, shared: bool) -> Route:
    """Return the route of the page.

    ``settings`` returns those of now; ``warehouse``: where its data lie; ``shared``: whether that is ClickHouse.
    """

    async def privacy(request: Request) -> Response:
        now = settings()
        return HTMLResponse(privacy_page(now.contact, now.retention, warehouse, public_state(request), shared=shared))

    return Route("/privacy", privacy)


def privacy_page(contact: str, retention: int, warehouse: str, site: dashboard.SiteState, *, shared: bool) -> str:
    """Return the page as HTML.

    ``contact``: whom it names as the operator; ``retention``: for how many days sightings are held; ``warehouse`` and
    ``shared``: as of `privacy_route`.
    """
    collected = [dashboard.Collected(field.path, field.level, field.form.label, field.why) for field in CATALOG]
    collected += [dashboard.Collected(each.path, "every", each.form, each.why) for each in ACCOMPANIMENTS]
    kept = [dashboard.Kept(*content) for content in contents(retention, warehouse, shared=shared)]
    return dashboard.privacy_page(collected, kept, contact, UNIQUE, site)
