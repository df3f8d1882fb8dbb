"""The installation's rights over HTTP: for who has its id and secret, and on the server's own socket for the operator."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from headcount.server._rights import Rights
from headcount.warehouse import WarehouseClosed

LOOKUP, ERASE, RECEIPT = "/v1/installation/lookup", "/v1/installation/erase", "/v1/installation/receipts/{receipt}"

_MOST = 4096  # bytes of a body
_ID = re.compile(r"[0-9a-f]{40}")
_SECRET = re.compile(r"[0-9a-f]{64}")
_NOTHING = "nothing is held under this id and secret"

Action = Callable[[Sequence[int]], dict[str, object] | None]


class Quota:
    """So many requests a minute, from all senders together; a secret cannot be guessed, but a lookup costs something."""

    def __init__(self, each_minute: int = 120, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = each_minute / 60
        self._most = float(each_minute)
        self._clock = clock
        self._left = self._most
        self._at = clock()
        self._lock = threading.Lock()

    def wait(self) -> int:
        """Take one; 0, or after how many seconds there will be one."""
        with self._lock:
            now = self._clock()
            self._left = min(self._most, self._left + (now - self._at) * self._rate)
            self._at = now
            if self._left < 1:
                return max(1, round((1 - self._left) / self._rate))
            self._left -= 1
            return 0


def rights_routes(rights: Rights, quota: Quota) -> list[Route]:
    """What the network sees: wrong, unknown and without a secret are one answer, found in the same way."""

    def limited(endpoint: Callable[[Request], object]) -> Callable[[Request], object]:
        async def limit(request: Request) -> object:
            wait = quota.wait()
            if wait:
                return _problem(429, "too many requests", {"retry-after": str(wait)})
            return await endpoint(request)  # type: ignore[misc]  # an endpoint is a coroutine function

        return limit

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
        for name, form, size in (("id", _ID, 40), ("secret", _SECRET, 64))
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
