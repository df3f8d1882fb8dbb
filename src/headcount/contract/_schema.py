"""The catalog as JSON Schema (draft 2020-12): what `/v1/reports` accepts, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from headcount.contract import _collections as collections
from headcount.contract import _forms as forms
from headcount.contract._catalog import CATALOG, SCHEMA, SECTIONS

_INSTALL_ID = {"type": "string", "pattern": "^[0-9a-f]{40}$"}

_SHAPES: dict[type, dict[str, Any]] = {
    forms.ReleaseForm: {"type": "string"},
    forms.ChoiceForm: {"type": "string"},
    forms.DistributionForm: {"type": "string"},
    forms.KernelForm: {"type": "string"},
    forms.FlagForm: {"type": "boolean"},
    collections.PluginsForm: {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    collections.WwwForm: {"type": "array", "items": {"type": "string"}},
    collections.PipelinesForm: {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
}

_ENVELOPE = {
    "type": "object",
    "description": "what the reporter says of the report itself",
    "properties": {
        "schema": {"type": "integer", "minimum": 1, "examples": [SCHEMA]},
        "vocabulary": {"type": "string", "pattern": r"^[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}$"},
        "report": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "level": {"enum": ["basic", "full", "custom"]},
        "reason": {"enum": ["start", "reconfig", "periodic"]},
        "every": {"type": ["integer", "null"], "minimum": 1, "maximum": 366},
    },
    "required": ["schema", "vocabulary", "report", "level", "reason"],
}


def report_schema() -> dict[str, Any]:
    """The schema of a report. A value in it that is not public is accepted and scrubbed; of a wrong type it is refused."""
    properties: dict[str, Any] = {"installid": {**_INSTALL_ID, "description": "stands for the installation"}}
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
