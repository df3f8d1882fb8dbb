"""The catalog as JSON Schema (draft 2020-12): the reports that `/v1/reports` accepts, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from headcount.contract import _bands as bands
from headcount.contract import _collections as collections
from headcount.contract import _forms as forms
from headcount.contract._catalog import CATALOG, LEVELS, SCHEMA, SECTIONS
from headcount.contract._report import REASONS
from headcount.contract._wire import INSTALL_ID, REPORT_ID

_SHAPES: dict[type, dict[str, Any]] = {
    forms.ReleaseForm: {"type": "string"},
    forms.ChoiceForm: {"type": "string"},
    forms.DistributionForm: {"type": "string"},
    forms.NumbersForm: {"type": "string"},
    forms.FlagForm: {"type": "boolean"},
    collections.PluginsForm: {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    collections.EntryPointsForm: {"type": "array", "items": {"type": "string"}},
    collections.WordsForm: {"type": "array", "items": {"type": "string"}},
    bands.BandsForm: {"type": "object", "additionalProperties": {"enum": [*bands.BANDS]}},
    collections.PipelinesForm: {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
}

_ENVELOPE = {
    "type": "object",
    "description": "what the reporter says of the report itself",
    "properties": {
        "schema": {"type": "integer", "minimum": 1, "examples": [SCHEMA]},
        "vocabulary": {"type": "string", "pattern": r"^[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}$"},
        "report": {"type": "string", "pattern": f"^{REPORT_ID.pattern}$"},
        "level": {"enum": [*LEVELS]},
        "reason": {"enum": [*REASONS]},
        "every": {"type": ["integer", "null"], "minimum": 1, "maximum": 366},
    },
    "required": ["schema", "vocabulary", "report", "level", "reason"],
}


def report_schema() -> dict[str, Any]:
    """Return the schema of a report. It accepts values that are not public, which are scrubbed; it refuses wrong types."""
    properties: dict[str, Any] = {
        "installid": {
            "type": "string",
            "pattern": f"^{INSTALL_ID.pattern}$",
            "description": "stands for the installation",
        }
    }
    for field in CATALOG:
        section, _, key = field.path.partition(".")
        shape = {**_SHAPES[type(field.form)], "description": f"{field.form.label}; wanted for: {field.why}"}
        if key:
            properties.setdefault(section, {"type": "object", "properties": {}})["properties"][key] = shape
        else:
            properties[section] = shape
    for section in SECTIONS:
        properties[section]["additionalProperties"] = False
    properties["headcount"] = _ENVELOPE
    return {"type": "object", "properties": properties, "required": ["headcount"], "additionalProperties": False}
