"""What is made of publications for everybody: each response once, and the endpoints that give it."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from headcount.questions import BadQuestion, Publication
from headcount.server._turns import Turns
from headcount.server.data.publications import Publications

_SIZE = 500  # responses that are held; the largest are pictures of some 500 kB
_NEWEST = 300  # seconds for which others may keep what is newest
WEEK = 86_400
"""Seconds for which others may keep what is published of a week, which never changes."""
_WAITING = (
    4  # threads that wait to make a response; so anybody takes one turn at drawing, and leaves maintainers theirs
)
_NO_STORE = {"cache-control": "no-store"}


class Body(NamedTuple):
    """A response: its media type and content, and whether it is of something that was published, which others may keep."""

    media_type: str
    content: bytes
    published: bool = True


def answering(make: Callable[[Request], Body]) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that answers with what ``make`` returns."""

    async def endpoint(request: Request) -> Response:
        body = await run_in_threadpool(make, request)
        age = WEEK if "week" in request.query_params else _NEWEST
        headers = {"cache-control": f"public, max-age={age}"} if body.published else _NO_STORE
        return Response(body.content, media_type=body.media_type, headers=headers)

    return endpoint


def parameters(request: Request, *known: str) -> dict[str, str]:
    """Return the parameters of a request. Raises `BadQuestion` where it has one that is not known."""
    given = dict(request.query_params)
    unknown = given.keys() - set(known)
    if unknown:
        there = f"there are {', '.join(known)}" if known else "there is none"
        raise BadQuestion(f"there is no parameter {min(unknown)!r} here: {there}")
    return given


class Published:
    """Publications, and what is made of them, which is held. Safe in any thread."""

    def __init__(self, publications: Publications) -> None:
        self.publications = publications
        self._turns = Turns(1, _WAITING, "public pictures and tables")
        self._lock = threading.Lock()
        self._contents: LRUCache[tuple[str, ...], bytes] = LRUCache(_SIZE)

    def content(self, week: str | None, what: Sequence[str], make: Callable[[Publication], bytes]) -> bytes:
        """Return what ``make`` makes of the publication of a week, or of the newest; it is called once.

        ``what``: the words by which it is held. Raises `NotPublished` and `Busy`.
        """
        publication = self.publications.get(week)
        key = (publication.week, *what)
        content = self._held(key)
        if content is None:
            with self._turns.turn():
                content = self._held(key)  # another thread may have made it meanwhile
                if content is None:
                    content = make(publication)
                    with self._lock:
                        self._contents[key] = content
        return content

    def _held(self, key: tuple[str, ...]) -> bytes | None:
        with self._lock:
            return self._contents.get(key)
