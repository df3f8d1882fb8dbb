"""Answers and publications as Parquet files."""

from __future__ import annotations

import json

from headcount.questions._answer import Answer
from headcount.questions._dictionary import columns, dictionary
from headcount.questions._publication import Publication
from headcount.questions._registry import REGISTRY
from headcount.warehouse import parquet

_TYPES = {"text": "VARCHAR", "day": "DATE", "count": "BIGINT", "share": "DOUBLE"}


def answer_parquet(answer: Answer) -> bytes:
    """The rows of an answer; all else that it says is JSON under ``headcount`` in the file's metadata.

    There too, under ``columns``, is what each column means.
    """
    names = answer.columns()
    meanings = {column.name: column.meaning for column in REGISTRY[answer.question].by[answer.by].shown.columns}
    about = {key: value for key, value in answer.to_dict().items() if key != "rows"}
    return parquet(
        {name: _type(answer, name) for name in names},
        ([row[name] for name in names] for row in answer.rows),
        {"headcount": json.dumps(about), "columns": json.dumps(meanings)},
    )


def publication_parquet(publication: Publication) -> bytes:
    """All tables of a publication as one, each row with the table that it is of; the data dictionary is in the metadata."""
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
    types = {name: _TYPES[kind] for name, kind in kinds.items()}
    return parquet(types, rows, {"dictionary": json.dumps(dictionary(publication.k))})


def _type(answer: Answer, name: str) -> str:
    """The type of a column: that of its values; of none, that which columns of this name have elsewhere."""
    found = {type(row[name]) for row in answer.rows} - {type(None)}
    if str in found:
        return "VARCHAR"
    if float in found or (not found and name == "share"):
        return "DOUBLE"
    return "BIGINT" if found or columns().get(name) == "count" else "VARCHAR"
