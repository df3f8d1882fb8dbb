"""The pages of what is published, and the feed of the weeks, for everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.routing import Route

from headcount import dashboard
from headcount.questions import NotPublished, Publication
from headcount.server.data.notices import Notices
from headcount.server.drawing.drawer import DrawingProcess
from headcount.server.web.published import Body, Published, answering, parameters
from headcount.server.web.site_watch import public_state
from headcount.settings import Settings

_HTML, _ATOM = "text/html; charset=utf-8", "application/atom+xml"

_Page = Callable[[Publication | None, dashboard.PublicSite], str]


def public_page_routes(
    published: Published, notices: Notices, drawing: DrawingProcess, settings: Callable[[], Settings]
) -> list[Route]:
    """Return the routes of the pages and of the feed. ``settings`` returns those of now."""
    pages = _Pages(published, notices, drawing, settings)
    return [
        Route("/public", answering(pages.whole)),
        *(Route(f"/public/{theme.name}", answering(partial(pages.theme, theme.name))) for theme in dashboard.THEMES),
        Route("/public/dictionary", answering(pages.dictionary)),
        Route("/public/feed.atom", answering(pages.feed)),
    ]


class _Pages:
    """Pages made of publications. Safe in any thread."""

    def __init__(
        self, published: Published, notices: Notices, drawing: DrawingProcess, settings: Callable[[], Settings]
    ) -> None:
        self._published = published
        self._notices = notices
        self._drawing = drawing
        self._settings = settings

    def whole(self, request: Request) -> Body:
        def made(publication: Publication | None, site: dashboard.PublicSite) -> str:
            return dashboard.public_page(publication, self._drawing.picture, site)

        return self._page(request, "page", made)

    def theme(self, name: str, request: Request) -> Body:
        def made(publication: Publication | None, site: dashboard.PublicSite) -> str:
            return dashboard.theme_page(publication, name, self._drawing.picture, site)

        return self._page(request, name, made)

    def dictionary(self, request: Request) -> Body:
        parameters(request)
        newest = self._read()
        page = dashboard.dictionary_page(None if newest is None else newest.k, self._licence(), public_state(request))
        return Body(_HTML, page.encode(), newest is not None)

    def feed(self, request: Request) -> Body:
        """Return the feed of the newest weeks. Raises `NotPublished`."""
        parameters(request)
        weeks = self._published.publications.weeks()[: dashboard.MOST_WEEKS]
        publications = [each for week in weeks if (each := self._read(week)) is not None]
        if not publications:
            raise NotPublished("nothing is published yet")
        address = public_state(request).address
        is_known = address.startswith("https://")
        if not is_known:  # of this machine alone; who asks came by another one, or sits at it
            address = f"{request.url.scheme}://{request.url.netloc}"
        content = dashboard.feed(publications, address, self._licence())
        return Body(_ATOM, content, published=is_known)  # else no cache may give it to who asks by another name

    def _page(self, request: Request, name: str, made: _Page) -> Body:
        """Return a page of the week that is asked for. Raises `NotPublished` where there is none of it."""
        week = parameters(request, "week").get("week")
        weeks = self._published.publications.weeks()
        site = dashboard.PublicSite(weeks, self._licence(), public_state(request), () if week else self._shown())
        if week is None and not weeks:
            return Body(_HTML, made(None, site).encode(), published=False)
        content = self._published.content(
            week, ("page", name, repr(site)), lambda publication: made(publication, site).encode()
        )
        return Body(_HTML, content)

    def _shown(self) -> tuple[dashboard.ShownNotice, ...]:
        return tuple(
            dashboard.ShownNotice(each.text, each.link, str(each.until), each.setter, str(each.since), where)
            for each, where in self._notices.listed()
        )

    def _licence(self) -> dashboard.Licence:
        return dashboard.Licence(self._settings().data_licence)

    def _read(self, week: str | None = None) -> Publication | None:
        """Return the publication of a week, or the newest; None where there is none, or its file is damaged."""
        try:
            return self._published.publications.get(week)
        except NotPublished:
            return None
