"""Whether the process lives, and whether it can do its work, for whoever restarts it or sends it requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Check = Callable[[], str | None]
"""Returns None where all is well, else what is not, in a few words that hold no figure."""


def health_routes(checks: Mapping[str, Check]) -> list[Route]:
    """Return the routes ``/healthz``, which answers, and ``/readyz``: 200 where all checks pass, else 503 with the rest."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        problems = {name: problem for name, check in checks.items() if (problem := check()) is not None}
        return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
