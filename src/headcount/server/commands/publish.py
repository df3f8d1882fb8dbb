"""What the operator does through the server's own socket: publish the week, and make and revoke tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from headcount.questions import TooFew
from headcount.server.data.publications import Publications, Withheld
from headcount.server.data.tokens import Token, Tokens
from headcount.warehouse import Warehouse


class Operations(NamedTuple):
    """What they work on; ``k``: the threshold of publications; ``settle`` sees to it that what waits is loaded."""

    publications: Publications
    tokens: Tokens
    warehouse: Warehouse
    k: int
    settle: Callable[[], None]


def publish_due(operations: Operations) -> dict[str, Any]:
    """Publish the week that is due: its name, its k, and whether it is new. Raises ValueError with the reason if not."""
    try:
        published, new = operations.publications.publish(operations.warehouse, operations.k, operations.settle)
    except (TooFew, TimeoutError, Withheld) as error:
        raise ValueError(f"nothing is published: {error}") from error
    return {"week": published.week, "k": published.k, "new": new}


def described(token: Token) -> dict[str, str]:
    """What may be said of a token."""
    return {"id": token.id, "name": token.name, "made": token.made}


def operation_routes(operations: Operations) -> list[Route]:
    """The routes of the server's socket."""

    async def publish(_: Request) -> Response:
        try:
            return JSONResponse(await run_in_threadpool(publish_due, operations))
        except ValueError as error:
            return JSONResponse({"problem": str(error)}, 409)

    async def make(request: Request) -> Response:
        name = str((await request.json())["name"])
        token, text = await run_in_threadpool(operations.tokens.make, name)
        return JSONResponse({**described(token), "token": text})

    async def listed(_: Request) -> Response:
        return JSONResponse({"tokens": [described(token) for token in operations.tokens.listed()]})

    async def revoke(request: Request) -> Response:
        token = await run_in_threadpool(operations.tokens.revoke, request.path_params["id"])
        if token is None:
            return JSONResponse({"problem": f"there is no token {request.path_params['id']!r}"}, 404)
        return JSONResponse(described(token))

    return [
        Route("/operator/publish", publish, methods=["POST"]),
        Route("/operator/tokens", make, methods=["POST"]),
        Route("/operator/tokens", listed, methods=["GET"]),
        Route("/operator/tokens/{id}", revoke, methods=["DELETE"]),
    ]
