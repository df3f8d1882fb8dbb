"""Tokens of forms that change something: who sends one back has the page that it was on, which no other site can read."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import parse_qsl

from starlette.requests import Request

_MOST = 20  # fields of a form


class NotFromHere(Exception):
    """A form that another site sent, or a page of an earlier start of the server."""

    def __init__(self) -> None:
        super().__init__(
            "this form is of another site, or of a page from before the server started: open the page again"
        )


class FormTokens:
    """Gives and knows tokens, one for each who signed in. They end with the server."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, who: str) -> str:
        """Return the token of ``who``, the id with which they signed in."""
        return hmac.new(self._key, who.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    async def read(self, request: Request, who: str) -> dict[str, str]:
        """Return the fields of a form that ``who`` sends, without its token. Raises `NotFromHere`.

        A request that a bearer's token signed in needs no form's: no site makes a browser send one. Other schemes sign
        nobody in, and a browser sends some of them by itself.
        """
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise NotFromHere
        text = (await request.body()).decode("utf-8", "replace")
        try:
            form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST))
        except ValueError:
            raise NotFromHere from None
        token = form.pop("token", "")
        scheme = request.headers.get("authorization", "").partition(" ")[0]
        if scheme.lower() != "bearer" and not hmac.compare_digest(token.encode(), self.of(who).encode()):
            raise NotFromHere
        return form
