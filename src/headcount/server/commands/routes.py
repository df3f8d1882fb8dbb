"""The server's half of the commands: its own socket gives each of the table to whoever may write in the data directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from headcount._refused import Refused
from headcount.server._application import application
from headcount.server.commands import COMMANDS, work_of
from headcount.server.commands.handed_out import MEDIA_TYPE, HandedOut
from headcount.server.data.opened import OpenData
from headcount.server.data.refusal import refusing


def command_app(data: OpenData) -> Starlette:
    """Return what the socket serves: ``POST /commands/NAME`` with a command's arguments.

    The answer is its ``result``, or an archive of that and the files that it hands out, or with status 409 the sentence in
    which it is ``refused``.
    """

    def work(name: str, arguments: Mapping[str, Any]) -> Any:
        if name not in COMMANDS or not COMMANDS[name].served:
            raise Refused(f"this server knows no command {name!r}: it is of another version than the command.")
        with refusing():
            return work_of(name)(data, arguments)

    async def command(request: Request) -> Response:
        arguments = await request.json()
        try:
            result = await run_in_threadpool(work, request.path_params["name"], arguments)
        except Refused as error:
            return JSONResponse({"refused": str(error)}, 409)
        if isinstance(result, HandedOut):
            return StreamingResponse(result.archive(), media_type=MEDIA_TYPE)
        return JSONResponse({"result": result})

    return application([Route("/commands/{name}", command, methods=["POST"])])
