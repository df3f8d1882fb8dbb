"""Applications of Starlette, as all our sockets serve them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route


def application(
    routes: Sequence[Route],
    *,
    middleware: Sequence[Middleware] = (),
    exception_handlers: Mapping[Any, Any] | None = None,
) -> Starlette:
    """Return an application that answers at the addresses of its routes, and nowhere else.

    Starlette redirects an address with a slash more or less to a whole URL, with the scheme that it thinks it is reached
    by, and with the query: behind TLS a token in it would go over the network in the clear.
    """
    app = Starlette(routes=routes, middleware=middleware, exception_handlers=exception_handlers)
    app.router.redirect_slashes = False
    return app
