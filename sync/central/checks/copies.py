"""Columns and rows that repeat what a record's document says, and that promises and prices are made from."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.laws import Violation
from app.domain.place import Location
from app.domain.policy import read_policy
from app.domain.refusal import Refused
from sync.central.rules.ownership import RecordKind
from sync.central.rules.spelling import look_alike
from sync.central.store.tables import external_id, gtin, item, kit_component, location, policy

_PAGE = 500
_QUOTED = 60


def check_copies(conn: Connection) -> Iterator[Violation]:
    """Items, their codes and components, locations and policies, each against its own document."""
    after = ""
    while rows := conn.execute(_items, {"after": after}).all():
        yield from _page(conn, rows)
        after = rows[-1].sku
    for row in conn.execute(_stray_parts):
        yield Violation("item", f"item {row.kit}", f"component {row.component}", "an item that is here")
    for row in conn.execute(_locations):
        told = _location(row.document)
        yield from _compared("location", f"location {row.code}", {"code": row.code, "site": row.site}, told)
    for row in conn.execute(_policies):
        # A text that is no policy is the feed's to name: it is not what was announced.
        graded = _as_new(row.source)
        if graded is not None and _listed(row.as_new) != graded:
            shown = str(row.as_new)[:_QUOTED]
            yield Violation(
                "policy", f"policy {row.version}", f"as new {shown}", f"as new {json.dumps(graded)}"
            )


def _page(conn: Connection, rows: Sequence[Any]) -> Iterator[Violation]:
    asked = {"skus": [row.sku for row in rows]}
    codes, parts = defaultdict[str, set[str]](set), defaultdict[str, dict[str, int]](dict)
    for found in conn.execute(_gtins, asked):
        codes[found.sku].add(found.gtin)
    named = defaultdict[str, list[list[str]]](list)
    for found in conn.execute(_external, asked):
        named[found.key].append([found.system, found.external])
    for found in conn.execute(_parts, asked):
        parts[found.kit][found.component] = found.qty
    for row in rows:
        stored = {
            "sku": row.sku,
            "tracking": row.tracking,
            "value_minor": row.value_minor,
            "currency": row.currency,
            "is_kit": row.is_kit,
            "safety": row.safety,
            "least": row.least,
            "gtins": sorted(codes[row.sku]),
            "kit": sorted(parts[row.sku].items()),
            "external_ids": sorted(named[row.sku]),
            "folded": row.folded,
        }
        yield from _compared("item", f"item {row.sku}", stored, _item(row.document))


def _compared(
    law: str, where: str, stored: Mapping[str, object], told: Mapping[str, object] | None
) -> Iterator[Violation]:
    if told is None:
        yield Violation(law, where, "an unreadable document", "a record that can be read")
        return
    wrong = [name for name in stored if stored[name] != told[name]]
    if wrong:
        yield Violation(law, where, _said(stored, wrong), _said(told, wrong))


def _said(side: Mapping[str, object], names: Sequence[str]) -> str:
    return ", ".join(f"{name} {str(side[name])[:_QUOTED]}" for name in names)


def _item(document: str) -> dict[str, object] | None:
    """The columns and rows that an item's document makes; None for a document that is no item."""
    try:
        raw = json.loads(document)
        record = Item.from_json(raw)
        safety = Fields(raw, "item").whole_or("safety", 0)
    except (Refused, ValueError, TypeError, RecursionError):
        return None
    kit = Counter[str]()
    for part in record.kit:
        kit[part.sku] += part.qty
    return {
        "sku": record.sku,
        "tracking": str(record.tracking),
        "value_minor": record.value_minor,
        "currency": record.currency,
        "is_kit": record.is_kit,
        "safety": safety,
        "least": record.min_order_qty,
        "gtins": sorted(record.barcodes),
        "external_ids": [list(pair) for pair in record.external_ids],
        "folded": look_alike(record.sku),
        "kit": sorted(kit.items()),
    }


def _location(document: str) -> dict[str, object] | None:
    try:
        record = Location.from_json(json.loads(document))
    except (Refused, ValueError, TypeError, RecursionError):
        return None
    return {"code": record.code, "site": record.site}


def _as_new(source: str) -> list[str] | None:
    try:
        return [grade.code for grade in read_policy(source, "policy").grades if grade.as_new]
    except Refused:
        return None


def _listed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return text


_skus: BindParameter[Any] = bindparam("skus", expanding=True)
_items = select(item).where(item.c.sku > bindparam("after")).order_by(item.c.sku).limit(_PAGE)
_gtins = select(gtin.c.gtin, gtin.c.sku).where(gtin.c.sku.in_(_skus))
_parts = select(kit_component).where(kit_component.c.kit.in_(_skus))
_external = (
    select(external_id)
    .where(external_id.c.kind == RecordKind.ITEM.value, external_id.c.key.in_(_skus))
    .order_by(external_id.c.system)
)
_here = select(item.c.sku)
_stray_parts = (
    select(kit_component)
    .where(~_here.where(item.c.sku == kit_component.c.kit).exists())
    .order_by(kit_component.c.kit, kit_component.c.component)
)
_locations = select(location).order_by(location.c.code)
_policies = select(policy).order_by(policy.c.id)
