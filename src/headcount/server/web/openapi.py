"""The OpenAPI document: the routes for reports and for answers, with the report's schema from the catalog."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import headcount
from headcount.contract import INSTALL_ID, LARGEST_BODY, PHONE_HOME_PATH, REPORTS_PATH, SECRET, report_schema
from headcount.dashboard import FORMATS
from headcount.questions import BASES, PERIODS, REGISTRY
from headcount.server.web.installation import ERASE, LOOKUP, RECEIPT

_PROBLEMS = {
    "type": "object",
    "properties": {
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
                "required": ["where", "what"],
            },
        }
    },
    "required": ["problems"],
}
_PROBLEM = {"type": "object", "properties": {"problem": {"type": "string"}}, "required": ["problem"]}

_LATER = {
    "429": {"description": "Too many; `Retry-After` says when to try again.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problems"}}}},
    "503": {"description": "Not now; `Retry-After` says when to try again.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problems"}}}},
}  # fmt: skip


def openapi_route(public_url: Callable[[], str]) -> Route:
    """Return the route of the document. ``public_url`` returns the server's address for others, empty where none is set."""

    async def document(_: Request) -> Response:
        url = public_url()
        return JSONResponse({**openapi(), **({"servers": [{"url": url}]} if url else {})})

    return Route("/openapi.json", document)


@cache
def openapi() -> dict[str, Any]:
    """Return the document, as OpenAPI 3.1 has it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headcount",
            "version": headcount.__version__,
            "description": str(headcount.__doc__),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            REPORTS_PATH: {"post": _reports()},
            PHONE_HOME_PATH: {"post": _phone_home()},
            LOOKUP: {"post": _right("lookup", "What is held of an installation.", "200", "What is held.")},
            ERASE: {
                "post": _right("erase", "Remove an installation.", "202", "It is out of the answers: the receipt.")
            },
            RECEIPT: {"get": _receipt()},
            "/api/ask/{question}": {"get": _ask()},
            "/healthz": {"get": _plain("healthz", "The process answers.", {"200": "It lives."})},
            "/readyz": {
                "get": _plain("readyz", "The process can do its work.", {"200": "It can.", "503": "It cannot; why."})
            },
            "/privacy": {"get": _plain("privacy", "What is collected, and why, for people.", {"200": "A page."})},
            "/metrics": {
                "get": {
                    **_plain("metrics", "Counters for Prometheus.", {"200": "In its text format.", "401": "No token."}),
                    "security": [{"token": []}],
                }
            },
        },
        "components": {
            "schemas": {"Report": report_schema(), "Problems": _PROBLEMS, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _reports() -> dict[str, Any]:
    return {
        "operationId": "report",
        "summary": "Take a report; answered once it is durable.",
        "parameters": [
            {"name": "Content-Encoding", "in": "header", "schema": {"enum": ["gzip", "identity"]},
             "description": "gzip, or none"},
        ],
        "requestBody": {
            "required": True,
            "description": f"At most {LARGEST_BODY} bytes, also after inflation.",
            "content": {"application/json": {"schema": _ref("Report")}},
        },
        "responses": {
            "202": _json("It is durable.", {"type": "object"}),
            "400": _json("It is no report: every problem of it.", _ref("Problems")),
            "405": _json("Not sent with POST.", _ref("Problems")),
            "413": _json("It is too large.", _ref("Problems")),
            **_LATER,
        },
    }  # fmt: skip


def _phone_home() -> dict[str, Any]:
    return {
        "operationId": "phoneHome",
        "summary": "Take what stock Buildbot sends; the answer is no acknowledgement.",
        "requestBody": {"content": {"application/json": {"schema": {}}}},
        "responses": {"200": {"description": "Whatever came.", "content": {"text/plain": {"schema": {"const": "ok"}}}}},
    }


def _right(name: str, summary: str, status: str, done: str) -> dict[str, Any]:
    properties = {
        name: {"type": "string", "pattern": f"^{form.pattern}$"}
        for name, form in (("id", INSTALL_ID), ("secret", SECRET))
    }
    body = {"type": "object", "properties": properties, "required": ["id", "secret"]}
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            status: _json(done, {"type": "object"}),
            "400": _json("No id, or no secret.", _ref("Problems")),
            "404": _json("Nothing is held under this id and secret.", _ref("Problems")),
            "405": {"description": "Not sent with POST."},
            "413": _json("It is too large.", _ref("Problems")),
            **_LATER,
        },
    }


def _receipt() -> dict[str, Any]:
    return {
        "operationId": "receipt",
        "summary": "How far an erasure has come: out of the answers, off the disk.",
        "parameters": [{"name": "receipt", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {
            "200": _json("When it left the answers and when the disk.", {"type": "object"}),
            "404": _json("There is no such receipt.", _ref("Problems")),
            "405": {"description": "Not sent with GET."},
            **_LATER,
        },
    }


def _ask() -> dict[str, Any]:
    def query(name: str, schema: dict[str, Any], meaning: str) -> dict[str, Any]:
        return {"name": name, "in": "query", "schema": schema, "description": meaning}

    text = {"type": "string"}
    day = {**text, "format": "date"}
    return {
        "operationId": "ask",
        "summary": "Answer a question.",
        "security": [{"token": []}],
        "parameters": [
            {"name": "question", "in": "path", "required": True, "schema": {"enum": list(REGISTRY)}},
            query("by", text, "what to count by; a wrong word is answered with the right ones"),
            query("basis", {"enum": list(BASES)}, "which installations"),
            query("since", day, "first day of the window, UTC"),
            query("until", day, "last day of the window, UTC"),
            query("where", text, "a condition, such as plugin = CVS and python < 3.10"),
            query("over", {"enum": list(PERIODS)}, "at the end of each of which periods, where the question has that"),
            query("with", text, "what to compare with, where the question does: a condition"),
            query("support", {"type": "integer", "minimum": 1}, "how many installations a row has at least"),
            query(
                "format",
                {"enum": list(FORMATS), "default": "json"},
                "how the answer is written; sheet: what `headcount ask` shows on a terminal",
            ),
        ],
        "responses": {
            "200": _json("The answer.", {"type": "object"}),
            "400": _json("It cannot be asked so: how it can.", _ref("Problem")),
            "401": _json("No token.", _ref("Problem")),
            "429": _json("Too many questions; `Retry-After` says when to ask again.", _ref("Problem")),
            "503": _json("Not now; `Retry-After` says when to ask again.", _ref("Problem")),
        },
    }


def _plain(name: str, summary: str, responses: dict[str, str]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "responses": {status: {"description": meaning} for status, meaning in responses.items()},
    }


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
