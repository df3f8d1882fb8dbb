"""The table of routes: what answers at which address, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from prometheus_client import CollectorRegistry
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headcount.server._application import application
from headcount.server.data.opened import OpenData
from headcount.server.web.api import api_routes
from headcount.server.web.asking import Answering
from headcount.server.web.errors import HANDLERS
from headcount.server.web.form_tokens import FormTokens
from headcount.server.web.health import Check, health_routes
from headcount.server.web.installation import RequestLimit, installation_routes
from headcount.server.web.metrics import metrics_endpoint
from headcount.server.web.next_release import next_release_route
from headcount.server.web.openapi import openapi_route
from headcount.server.web.pages import asset_routes, maintainer_routes
from headcount.server.web.privacy import privacy_route
from headcount.server.web.public import public_routes
from headcount.server.web.records import Recording, record_routes
from headcount.server.web.sign_in import SignIn, guard
from headcount.server.web.views import Views
from headcount.settings import Settings

_HEADERS = (
    (b"content-security-policy", (b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)  # fmt: skip
_CACHE = (b"cache-control", b"private, no-cache")


def page_routes(
    data: OpenData,
    sign_in: SignIn,
    answering: Answering,
    *,
    limit: RequestLimit,
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
    settings: Callable[[], Settings],
) -> list[Route]:
    """Return all routes but those for reports. ``settings`` returns those of now.

    Those who signed in see the answers, and the metrics, which tell how many reports come. Everybody sees the rest.
    """
    guarded = guard(sign_in)
    endpoint = metrics_endpoint(registry)
    tokens = FormTokens()
    views = Views(answering.answers, data.records, data.removals, tokens)

    async def metrics(request: Request, _: str) -> Response:
        return await endpoint(request)

    return [
        *maintainer_routes(views, answering, guarded),
        next_release_route(data.removals, tokens, views, answering, guarded),
        *api_routes(answering, Recording(data, answering), guarded),
        Route("/metrics", guarded(metrics)),
        *public_routes(data.publications, answering.drawing),
        *record_routes(data.records),
        *asset_routes(answering.drawing),
        privacy_route(settings, data.warehouse.place),
        openapi_route(lambda: settings().public_url),
        *installation_routes(data.installations, limit),
        *health_routes(checks),
    ]


def network_app(routes: Sequence[Route], *, safe_headers: bool = True) -> ASGIApp:
    """Return what the network sees beside the endpoints for reports: the routes, with headers for browsers."""
    middleware = [Middleware(_SafeHeaders)] if safe_headers else []
    return application(routes, middleware=middleware, exception_handlers=HANDLERS)


class _SafeHeaders:
    """Adds headers that keep a page from loading, or being loaded by, anything else, and from lying in a cache.

    What others may keep says so itself; anything else is for whoever asked, and is asked for again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = any(name.lower() == _CACHE[0] for name, _ in message["headers"])
                message["headers"] = [*message["headers"], *_HEADERS, *(() if said else (_CACHE,))]
            await send(message)

        await self._app(scope, receive, send_with)
