"""What an installation may ask of what is held of it, over HTTP, with its id and its secret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from headcount.contract import INSTALL_ID, SECRET
from headcount.server.data.installations import Installations
from headcount.server.web.request_limit import RequestLimit
from headcount.server.web.sign_in.guard import Endpoint

LOOKUP, ERASE, RECEIPT = "/v1/installation/lookup", "/v1/installation/erase", "/v1/installation/receipts/{receipt}"

_MOST = 4096  # bytes of a body
_NOTHING = "nothing is held under this id and secret"

Action = Callable[[Sequence[int]], dict[str, object] | None]


def installation_routes(installations: Installations, limit: RequestLimit) -> list[Route]:
    """Return the routes. A wrong secret, an unknown id and an id without a secret get one answer, found in the same way."""

    def limited(endpoint: Endpoint) -> Endpoint:
        async def within(request: Request) -> Response:
            wait = limit.wait(request.scope)
            if wait:
                problem = "too many requests from where this one comes from"
                return _problem(429, problem, {"retry-after": str(wait)})
            return await endpoint(request)

        return within

    lookup = limited(partial(_with_secret, installations, installations.lookup, 200))
    erase = limited(partial(_with_secret, installations, installations.erase, 202))
    return [
        Route(LOOKUP, lookup, methods=["POST"]),
        Route(ERASE, erase, methods=["POST"]),
        Route(RECEIPT, limited(partial(_receipt, installations)), methods=["GET"]),
    ]


async def _with_secret(installations: Installations, act: Action, status: int, request: Request) -> Response:
    body = await _read_body(request)
    if isinstance(body, Response):
        return body
    problems = [
        {"where": name, "what": f"must be {size} hexadecimal digits in lower case"}
        for name, form, size in (("id", INSTALL_ID, 40), ("secret", SECRET, 64))
        if not (isinstance(body.get(name), str) and form.fullmatch(str(body[name])))
    ]
    if problems:
        return JSONResponse({"problems": problems}, 400)
    result = await run_in_threadpool(lambda: act(installations.own(str(body["id"]), str(body["secret"]))))
    return _problem(404, _NOTHING) if result is None else JSONResponse(result, status)


async def _receipt(installations: Installations, request: Request) -> Response:
    receipt = await run_in_threadpool(installations.receipt, request.path_params["receipt"])
    return _problem(404, "there is no such receipt") if receipt is None else JSONResponse(receipt)


async def _read_body(request: Request) -> dict[str, object] | Response:
    """Return the JSON object in the body, or the answer where there is none."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _MOST:
            return _problem(413, f"the body has at most {_MOST} bytes")
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return _problem(400, "the body is not JSON")
    return value if isinstance(value, dict) else _problem(400, "the body must be an object with an id and a secret")


def _problem(status: int, what: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"problems": [{"where": "", "what": what}]}, status, headers)
