"""The shape of an item as the description of the interface shows it."""

from __future__ import annotations

from typing import Any

from app.domain.fields import EXACT_MAX
from app.domain.item import MOST_DAYS, MOST_GRAMS, MOST_MM, Tracking
from app.domain.packs import MOST_UNITS

Schema = dict[str, Any]


def _whole(least: int, most: int, *, null: bool = False) -> Schema:
    return {"type": ["integer", "null"] if null else "integer", "minimum": least, "maximum": most}


def _listed(entry: Schema) -> Schema:
    return {"type": "array", "items": entry}


def _object(parts: dict[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": parts, "required": required, "additionalProperties": False}


_TEXT: Schema = {"type": "string"}
_WORDS: Schema = {"type": "object", "additionalProperties": _TEXT}
_SIDE = _whole(1, MOST_MM)
ITEM_SCHEMA: Schema = _object(
    {
        "sku": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1},
        "gtins": _listed(_TEXT),
        "unit": _TEXT,
        "tracking": {"type": "string", "enum": [word.value for word in Tracking]},
        "category": {"type": "string", "description": "One of the returns policy in force, or `default`."},
        "value_minor": _whole(0, EXACT_MAX),
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "hazardous": {"type": "boolean"},
        "returnable": {"type": "boolean"},
        "kit": _listed(_object({"sku": _TEXT, "qty": _whole(1, EXACT_MAX)}, ["sku", "qty"])),
        "packs": _listed(
            _object(
                {"code": _TEXT, "qty": _whole(1, MOST_UNITS), "gtin": {"type": ["string", "null"]}},
                ["code", "qty"],
            )
        ),
        "attributes": _WORDS,
        "weight_g": _whole(0, MOST_GRAMS, null=True),
        "dimensions_mm": _object(
            {"length": _SIDE, "width": _SIDE, "height": _SIDE}, ["length", "width", "height"]
        )
        | {"type": ["object", "null"]},
        "shelf_life_days": _whole(0, MOST_DAYS, null=True),
        "min_remaining_days": _whole(0, MOST_DAYS, null=True),
        "min_order_qty": _whole(1, MOST_GRAMS, null=True),
        "substitutes": _listed(_TEXT),
        "restricted_regions": _listed(_TEXT),
        "external_ids": _WORDS,
        "safety": _whole(0, EXACT_MAX),
    },
    ["sku", "name"],
)
"""JSON Schema of one item; `sync.central.rules.item_fields` holds callers to its names."""
