"""Tags of what is made of answers, by which who has it already is told so without its being made again."""

from __future__ import annotations

import hashlib
import secrets
import threading

from cachetools import LRUCache
from starlette.requests import Request
from starlette.responses import Response

from headcount.questions import Answer, Query
from headcount.server.data.answer_cache import AnswerCache
from headcount.server.web.delivery import has, tag
from headcount.warehouse import Generation

_SIZE = 2000  # pages and answers of which it is known what they ask


class AnswerTags:
    """Gives tags to pages. A tag stands for the answers, and all else, of which a page is made. Safe in any thread.

    The page that somebody has is current where each of its answers would be shown now as it is: a load, a correction and a
    new day have answers computed anew, which have other numbers. So has another start, since numbers begin again there.
    """

    def __init__(self, answers: AnswerCache) -> None:
        self._answers = answers
        self._start = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._asked: LRUCache[str, tuple[Query, ...]] = LRUCache(_SIZE)

    def not_modified(self, request: Request, *made_of: object) -> Response | None:
        """Return the answer to who has what would be made now; None where it is to be made.

        ``made_of``: what it is made of beside answers, with a ``repr`` that says all of it: the address, who asks, the view.
        """
        name = self._name(made_of)
        with self._lock:
            queries = self._asked.get(name)
        numbers = None if queries is None else self._answers.numbers(queries)
        if numbers is None:
            return None
        current = self._tag(name, numbers)
        return Response(status_code=304, headers={"etag": current}) if has(request.headers, current) else None

    def making(self, *made_of: object) -> Making:
        """Return what asks for something that is made now, of ``made_of`` and of answers."""
        return Making(self, self._answers, self._name(made_of))

    def made(self, name: str, numbers: dict[Query, int]) -> str:
        """Keep in mind what was asked for something; return its tag."""
        with self._lock:
            self._asked[name] = tuple(numbers)
        return self._tag(name, [*numbers.values()])

    def _name(self, made_of: tuple[object, ...]) -> str:
        return _digest(repr((self._start, self._answers.today(), made_of)))

    @staticmethod
    def _tag(name: str, numbers: list[int]) -> str:
        return tag(_digest(f"{name} {numbers}"))


class Making:
    """Asks for what is made, and notes what was asked."""

    def __init__(self, tags: AnswerTags, answers: AnswerCache, name: str) -> None:
        self._tags = tags
        self._answers = answers
        self._name = name
        self._numbers: dict[Query, int] = {}
        self._is_whole = True
        self._at: Generation | None = None  # the state of the data, which all that is made is looked at as of

    def ask(self, query: Query) -> Answer:
        """Return the answer to a query. Raises what `AnswerCache.ask` raises."""
        try:
            self._at = self._at or self._answers.look()
            answer, number = self._answers.ask_numbered(query, self._at)
        except Exception:
            self._is_whole = False  # a page that says why shows no answer that would be known by its number
            raise
        self._is_whole &= self._numbers.setdefault(query, number) == number
        return answer

    def headers(self) -> dict[str, str]:
        """Return the headers of what was made: its tag, where it has one."""
        return {"etag": self._tags.made(self._name, self._numbers)} if self._is_whole else {}


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
