"""Answers and publications as Parquet files."""

from __future__ import annotations

import json

from headcount.questions._answer import Answer
from headcount.questions._dictionary import columns, dictionary
from headcount.questions._publication import Publication
from headcount.warehouse import Kind


def answer_parquet(answer: Answer) -> bytes:
    """Return the rows of an answer as a Parquet file.

    The rest of the answer is JSON under ``headcount`` in the file's metadata, and what each column
    means is under ``columns``.
    """
    from headcount.warehouse.duckdb import parquet  # noqa: PLC0415  # a command that writes no Parquet needs no DuckDB

    names = answer.columns()
    meanings = {column.name: column.meaning for column in answer.breakdown.shown.columns}
    about = {key: value for key, value in answer.to_dict().items() if key != "rows"}
    return parquet(
        {name: _kind(answer, name) for name in names},
        ([row[name] for name in names] for row in answer.rows),
        {"headcount": json.dumps(about), "columns": json.dumps(meanings)},
    )


def publication_parquet(publication: Publication) -> bytes:
    """Return all tables of a publication as one Parquet file, each row with the table that it is of.

    The data dictionary is in the file's metadata.
    """
    from headcount.warehouse.duckdb import parquet  # noqa: PLC0415  # likewise

    kinds = columns()
    rows = []
    for answer in publication.tables:
        frame = {
            "week": publication.week,
            "question": answer.question,
            "by": answer.by,
            "since": answer.since,
            "until": answer.until,
            "denominator": answer.denominator,
        }
        rows += [[{**frame, **row}.get(name) for name in kinds] for row in answer.rows]
    return parquet(kinds, rows, {"dictionary": json.dumps(dictionary(publication.k))})


def _kind(answer: Answer, name: str) -> Kind:
    """Return the kind of a column, by its values, or without values by the published columns of this name."""
    types = {type(row[name]) for row in answer.rows} - {type(None)}
    if str in types:
        return "text"
    if float in types or (not types and name in answer.shares()):
        return "share"
    return "count" if types or columns().get(name) == "count" else "text"
