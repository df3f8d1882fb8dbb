"""What is done to every answer on its way to the network: headers for browsers, a tag of its content, compression."""

from __future__ import annotations

import gzip
import hashlib

from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = (
    (b"content-security-policy", (b"default-src 'none'; style-src 'self'; img-src 'self' data:; "
     b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'")),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)  # fmt: skip
_CACHE = (b"cache-control", b"private, no-cache")

_COMPRESSED = ("text/", "image/svg+xml", "application/json", "application/atom+xml")  # beginnings of media types
_SMALL = 1024  # bytes of a body that gains nothing
_LARGE = 64 * 1024  # bytes of a body whose compression takes so long that the event loop does not wait for it
_LEVEL = 6
_HELD = 16 * 1024 * 1024  # bytes of compressed bodies that are held, of what everybody may see


class SafeHeaders:
    """Adds headers that keep a page from loading, or being loaded by, anything else, and from lying in a cache.

    What others may keep says so itself; anything else is for whoever asked, and is asked for again.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered."""

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = any(name.lower() == _CACHE[0] for name, _ in message["headers"])
                message["headers"] = [*message["headers"], *_HEADERS, *(() if said else (_CACHE,))]
            await send(message)

        await self._app(scope, receive, send_with)


class Delivery:
    """Sends an answer in as few bytes as the other side takes: none where it has the answer, else compressed.

    Whatever has no tag of its own gets one of its content. Tags are weak, since the same answer goes out in two encodings.

    Compression tells an eavesdropper who has somebody's browser ask again and again whether what they put into the
    address is in the page too (BREACH). No page holds the token of a link or a cookie; but answers for maintainers are
    private, and a page may hold the token of a form, so what another site had the browser ask for is not compressed, unless
    it is public. Browsers say so in ``Sec-Fetch-Site``; over plain HTTP, where they do not, the answer can be read anyway.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._public: LRUCache[str, bytes] = LRUCache(_HELD, getsizeof=len)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered; a body that comes in parts goes out as it comes."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def send_whole(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif start is None or message.get("more_body"):
                if start is not None:
                    await send(start)
                    start = None
                await send(message)
            else:
                headers = MutableHeaders(raw=start["headers"])
                status, body = await self._sent(Headers(scope=scope), start["status"], headers, message["body"])
                await send({**start, "status": status, "headers": headers.raw})
                await send({**message, "body": body})

        await self._app(scope, receive, send_whole)

    async def _sent(self, asked: Headers, status: int, headers: MutableHeaders, body: bytes) -> tuple[int, bytes]:
        """Return the status and the body to send; the headers are changed to match."""
        caching = headers.get("cache-control", "")
        digest = ""
        if status == 200 and "no-store" not in caching:
            if "etag" not in headers:
                digest = hashlib.blake2b(body, digest_size=12).hexdigest()
                headers["etag"] = tag(digest)
            if has(asked, headers["etag"]):
                for name in ("content-type", "content-length"):
                    if name in headers:
                        del headers[name]
                status, body = 304, b""
        if status == 304:
            headers.add_vary_header("accept-encoding")
            return status, body
        if not headers.get("content-type", "").startswith(_COMPRESSED):
            return status, body
        headers.add_vary_header("accept-encoding")
        is_public = caching.startswith("public")
        is_sound = is_public or asked.get("sec-fetch-site", "none") in ("none", "same-origin")
        if len(body) < _SMALL or not is_sound or not _takes_gzip(asked):
            return status, body
        body = await self._compressed(body, digest if is_public else "")
        headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(body))
        return status, body

    async def _compressed(self, body: bytes, digest: str) -> bytes:
        """Return a body compressed; ``digest``: of one that anybody may ask for, and as often as they like."""
        if (held := self._public.get(digest)) is not None:
            return held
        compressed = await run_in_threadpool(_compress, body) if len(body) > _LARGE else _compress(body)
        if digest and len(compressed) < _HELD:
            self._public[digest] = compressed
        return compressed


def tag(digest: str) -> str:
    """Return the tag of an answer, as it stands in the header."""
    return f'W/"{digest}"'


def has(asked: Headers, current: str) -> bool:
    """Return whether who asks has the answer with the tag ``current``, by the headers of the request."""
    given = [each.strip() for each in asked.get("if-none-match", "").split(",")]
    return current in given or "*" in given


def _compress(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)


def _takes_gzip(asked: Headers) -> bool:
    for each in asked.get("accept-encoding", "").split(","):
        name, _, quality = each.partition(";")
        if name.strip().lower() == "gzip":
            return quality.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
