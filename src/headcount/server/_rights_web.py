"""The installation's rights over HTTP: for who has its id and secret, and on the server's own socket for the operator."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from headcount.contract import INSTALL_ID, SECRET
from headcount.ingest import Gate, Quotas
from headcount.server._rights import Rights
from headcount.warehouse import WarehouseClosed

LOOKUP, ERASE, RECEIPT = "/v1/installation/lookup", "/v1/installation/erase", "/v1/installation/receipts/{receipt}"

_MOST = 4096  # bytes of a body
_NOTHING = "nothing is held under this id and secret"

Action = Callable[[Sequence[int]], dict[str, object] | None]


class Limit:
    """So many requests an hour from each block of addresses; a secret cannot be guessed, but a lookup costs something.

    Who guesses uses up their own block's, and nobody else's. Blocks are told and kept as those of reports are: in memory,
    under the day's salt.
    """

    def __init__(self, gate: Gate, now: Callable[[], float], each_hour: int = 120) -> None:
        """``gate`` tells where a request comes from; ``now`` gives Unix time."""
        self._gate = gate
        self._now = now
        self._quotas = Quotas(each_hour)

    def wait(self, scope: Scope) -> int:
        """Take one; 0, or after how many whole seconds there will be one."""
        client = scope.get("client")
        sender = self._gate.sender(client[0] if client else None, scope["headers"])
        return 0 if sender is None else math.ceil(self._quotas.spend(sender, 1, self._now()))


def rights_routes(rights: Rights, limit: Limit) -> list[Route]:
    """What the network sees: wrong, unknown and without a secret are one answer, found in the same way."""

    def limited(endpoint: Callable[[Request], object]) -> Callable[[Request], object]:
        async def within(request: Request) -> object:
            wait = limit.wait(request.scope)
            if wait:
                problem = "too many requests from where this one comes from"
                return _problem(429, problem, {"retry-after": str(wait)})
            return await endpoint(request)  # type: ignore[misc]  # an endpoint is a coroutine function

        return within

    lookup = limited(partial(_with_secret, rights, rights.lookup, 200))
    erase = limited(partial(_with_secret, rights, rights.erase, 202))
    return [
        Route(LOOKUP, lookup, methods=["POST"]),
        Route(ERASE, erase, methods=["POST"]),
        Route(RECEIPT, limited(partial(_receipt, rights)), methods=["GET"]),
    ]


def operator_routes(rights: Rights) -> list[Route]:
    """What the server's own socket gives: by id alone."""
    return [
        Route("/installation/lookup", partial(_with_id, rights, rights.lookup, at_once=False), methods=["POST"]),
        Route("/installation/erase", partial(_with_id, rights, rights.erase, at_once=True), methods=["POST"]),
    ]


async def _with_secret(rights: Rights, act: Action, status: int, request: Request) -> Response:
    given = await _body(request)
    if isinstance(given, Response):
        return given
    problems = [
        {"where": name, "what": f"must be {size} hexadecimal digits in lower case"}
        for name, form, size in (("id", INSTALL_ID, 40), ("secret", SECRET, 64))
        if not (isinstance(given.get(name), str) and form.fullmatch(str(given[name])))
    ]
    if problems:
        return JSONResponse({"problems": problems}, 400)
    try:
        found = await run_in_threadpool(lambda: act(rights.own(str(given["id"]), str(given["secret"]))))
    except (WarehouseClosed, OSError):
        return _problem(503, "not now: try again later", {"retry-after": "60"})
    return _problem(404, _NOTHING) if found is None else JSONResponse(found, status)


async def _with_id(rights: Rights, act: Action, request: Request, *, at_once: bool) -> Response:
    given = await _body(request)
    if isinstance(given, Response):
        return given

    def do() -> dict[str, object] | None:
        found = act(rights.of_operator(str(given.get("id", ""))))
        if found is not None and at_once:
            rights.take_off_the_disk(at_once=True)
            return rights.receipt(str(found["receipt"]))
        return found

    found = await run_in_threadpool(do)
    return JSONResponse({"problem": "nothing is held under this id"}, 404) if found is None else JSONResponse(found)


async def _receipt(rights: Rights, request: Request) -> Response:
    try:
        found = await run_in_threadpool(rights.receipt, request.path_params["receipt"])
    except WarehouseClosed:
        return _problem(503, "not now: try again later", {"retry-after": "60"})
    return _problem(404, "there is no such receipt") if found is None else JSONResponse(found)


async def _body(request: Request) -> dict[str, object] | Response:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST:
            return _problem(413, f"the body has at most {_MOST} bytes")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _problem(400, "the body is not JSON")
    return given if isinstance(given, dict) else _problem(400, "the body must be an object with an id and a secret")


def _problem(status: int, what: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"problems": [{"where": "", "what": what}]}, status, headers)
