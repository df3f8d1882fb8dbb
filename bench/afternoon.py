"""What a team would write in an afternoon: FastAPI, pydantic, asyncpg, and one ``jsonb`` row for each report.

The peer of ``bench ingest``: no scrub and no pseudonym, and what it acknowledges is committed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from fastapi import FastAPI
from pydantic import BaseModel, Field

TABLE = """
CREATE TABLE IF NOT EXISTS reports (id bigserial PRIMARY KEY, received timestamptz DEFAULT now(), body jsonb)"""


class Report(BaseModel):
    """A report, as far as an afternoon goes."""

    installid: str | None = Field(None, min_length=40, max_length=40)
    versions: dict[str, str] = {}
    platform: dict[str, Any] = {}
    plugins: dict[str, int] = {}
    db: str | None = None
    mq: str | None = None
    www_plugins: list[str] = []
    builders: list[list[str]] | None = None
    multi_master: bool | None = None
    headcount: dict[str, Any] | None = None


@asynccontextmanager
async def _lifespan(application: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE"], min_size=10, max_size=10) as pool:
        with contextlib.suppress(asyncpg.UniqueViolationError):  # another worker makes it at this moment
            await pool.execute(TABLE)
        application.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/reports", status_code=202)  # type: ignore[untyped-decorator]  # mypy follows no FastAPI
async def take(report: Report) -> dict[str, str]:
    """Keep a report."""
    await app.state.pool.execute("INSERT INTO reports (body) VALUES ($1)", report.model_dump_json(exclude_unset=True))
    return {}
