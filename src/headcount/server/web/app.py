"""The table of routes: what answers at which address, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from headcount.server._application import application
from headcount.server.data.opened import OpenData
from headcount.server.web.api import api_routes
from headcount.server.web.asking import Answering
from headcount.server.web.delivery import Delivery, SafeHeaders
from headcount.server.web.errors import HANDLERS
from headcount.server.web.form_tokens import FormTokens
from headcount.server.web.health import Check, health_routes
from headcount.server.web.installation import installation_routes
from headcount.server.web.metrics import metrics_endpoint
from headcount.server.web.next_release import next_release_route
from headcount.server.web.openapi import openapi_route
from headcount.server.web.pages import asset_routes, maintainer_routes
from headcount.server.web.privacy import privacy_route
from headcount.server.web.public import public_routes
from headcount.server.web.records import Recording, record_routes
from headcount.server.web.request_limit import RequestLimit
from headcount.server.web.sign_in.guard import SignIn, guard
from headcount.server.web.sign_in.routes import sign_in_routes
from headcount.server.web.site_watch import SiteWatch
from headcount.server.web.views import Views
from headcount.settings import Settings


class Limits(NamedTuple):
    """How often a block of addresses may ask of an installation, and have the server ask a provider who signs in."""

    installation: RequestLimit
    sign_in: RequestLimit


def page_routes(
    data: OpenData,
    sign_in: SignIn,
    answering: Answering,
    *,
    limits: Limits,
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
        *public_routes(data.publications, data.notices, answering.drawing, settings),
        *record_routes(data.records),
        *sign_in_routes(sign_in, limits.sign_in),
        *asset_routes(),
        privacy_route(settings, data.warehouse.place, shared=data.store.shared),
        openapi_route(lambda: settings().public_url),
        *installation_routes(data.installations, limits.installation),
        *health_routes(checks),
    ]


def network_app(routes: Sequence[Route], *, watch: SiteWatch | None = None, safe_headers: bool = True) -> ASGIApp:
    """Return what the network sees beside the endpoints for reports: the routes, delivered as browsers want it.

    ``watch``: knows what is said at the top of every page.
    """
    middleware = [Middleware(SafeHeaders), Middleware(Delivery)] if safe_headers else []
    app = application(routes, middleware=middleware, exception_handlers=HANDLERS)
    app.state.watch = watch
    return app
