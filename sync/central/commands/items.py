"""Items: what is sold and sent back, the codes on it, and what kits are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from app.domain.fields import Fields
from app.domain.item import Component, Item
from app.domain.refusal import Refused
from sync.central.commands.documents import Intake, Sent, changed, require_storable, storable
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.feed import Record, publish
from sync.central.store.kits import components
from sync.central.store.prepared import inserting, replacing
from sync.central.store.settling import settle_waiting
from sync.central.store.tables import balance, gtin, item, kit_component, order_line, reservation


def put_items(act: Act, documents: Sequence[object]) -> dict[str, object]:
    """Takes items, new or changed. An item may carry `safety`: units of it that are never promised."""
    intake = Intake[Item]()
    rules = _Rules(act.conn, documents)
    # Kits come after single items, so that a kit may stand before its components.
    for is_kit in (False, True):
        for index, document in enumerate(documents):
            if _looks_like_kit(document) == is_kit:
                intake.offer(index, partial(rules.read, index, document))
    _save(act, changed(act.conn, intake.taken, _stored))
    settle_waiting(act)
    return intake.answer()


class _Rules:
    """What is known while items are read one after the other."""

    def __init__(self, conn: Connection, documents: Sequence[object]) -> None:
        texts = [Fields(d, "item").raw() for d in documents if isinstance(d, Mapping) and storable(d)]
        parts = [str(part.get("sku")) for text in texts for part in _listed(text, "kit")]
        codes = [str(code).zfill(14) for text in texts for code in _listed(text, "gtins", str)]
        rows = conn.execute(_known, {"skus": parts}).all()
        self._singles = {row.sku for row in rows if not row.is_kit}
        self._owners = {row.gtin: row.sku for row in conn.execute(_gtins, {"codes": codes})}
        skus = [str(text.get("sku")) for text in texts]
        self._kits = components(conn, skus)
        self._claimed = set(conn.scalars(_claimed, {"skus": list(self._kits)})) if self._kits else set[str]()

    def read(self, index: int, document: object) -> Sent[Item]:
        """Reads one item; refused when its kit or its GTINs do not fit the others."""
        require_storable(document)
        record = Item.from_json(document)
        f = Fields(document, "item")
        f.whole_or("safety", 0)
        for part in record.kit:
            if part.sku not in self._singles:
                raise Refused(
                    "item.kit",
                    f"Item {record.sku}: read the component {part.sku!r}.",
                    "Expected an item that is known and is not a kit itself.",
                    "Send the components first, as single items.",
                )
        for code in record.gtins:
            if self._owners.setdefault(code, record.sku) != record.sku:
                raise Refused(
                    "item.gtin_taken",
                    f"Item {record.sku}: read the GTIN {code}.",
                    f"It belongs to {self._owners[code]} already.",
                    "Find out which of the two the code is for.",
                )
        if record.sku in self._claimed and _parts(record.kit) != _parts(self._kits[record.sku]):
            raise Refused(
                "kit.claimed",
                f"Item {record.sku}: read other components than it has.",
                "Orders have claimed its components as they are.",
                "Ship or cancel what those orders have reserved, or give the new kit a SKU of its own.",
            )
        if not record.kit:
            self._singles.add(record.sku)
        return Sent(index, record.sku, {**f.raw(), **record.to_json()}, record)


def _listed(text: Mapping[str, object], name: str, kind: type = dict) -> list[Any]:
    value = text.get(name)
    return [entry for entry in value if isinstance(entry, kind)] if isinstance(value, list) else []


def _parts(kit: Iterable[Component]) -> Counter[str]:
    """Units of each component; a component may stand in a list twice."""
    found = Counter[str]()
    for part in kit:
        found[part.sku] += part.qty
    return found


def _looks_like_kit(document: object) -> bool:
    return isinstance(document, Mapping) and bool(document.get("kit"))


def _save(act: Act, fresh: Sequence[Sent[Item]]) -> None:
    skus = [sent.key for sent in fresh]
    _put.run(act.conn, [_row(sent) for sent in fresh])
    act.conn.execute(_drop_gtins, {"skus": skus})
    act.conn.execute(_drop_parts, {"skus": skus})
    codes = [{"gtin": code, "sku": sent.key} for sent in fresh for code in dict.fromkeys(sent.record.gtins)]
    _new_gtins.run(act.conn, codes)
    parts = [
        {"kit": sent.key, "component": sku, "qty": qty}
        for sent in fresh
        for sku, qty in _parts(sent.record.kit).items()
    ]
    _new_parts.run(act.conn, parts)
    publish(act.conn, [Record("item", sent.key, sent.document) for sent in fresh])
    # Another safety stock or another kit changes what can be promised.
    owners = {
        row.owner
        for row in act.conn.execute(_owners, {"skus": [*skus, *(part["component"] for part in parts)]})
    }
    for owner in sorted(owners):
        settle(act, owner, skus)


def _row(sent: Sent[Item]) -> dict[str, object]:
    return {
        "sku": sent.key,
        "document": sent.text,
        "tracking": str(sent.record.tracking),
        "value_minor": sent.record.value_minor,
        "currency": sent.record.currency,
        "is_kit": sent.record.is_kit,
        "safety": Fields(sent.document, "item").whole_or("safety", 0),
    }


def _among(name: str) -> Any:
    return bindparam(name, expanding=True)


_known = select(item.c.sku, item.c.is_kit).where(item.c.sku.in_(_among("skus")))
_stored = select(item.c.sku, item.c.document).where(item.c.sku.in_(_among("keys")))
_gtins = select(gtin.c.gtin, gtin.c.sku).where(gtin.c.gtin.in_(_among("codes")))
# The kits of which an order line has claimed components.
_claimed = (
    select(order_line.c.sku)
    .join_from(
        reservation,
        order_line,
        (reservation.c.order == order_line.c.order) & (reservation.c.line == order_line.c.line),
    )
    .where(order_line.c.sku.in_(_among("skus")), reservation.c.item != order_line.c.sku)
    .distinct()
)
_put = replacing(item, ("sku",))
_drop_gtins = delete(gtin).where(gtin.c.sku.in_(_among("skus")))
_drop_parts = delete(kit_component).where(kit_component.c.kit.in_(_among("skus")))
_new_gtins = inserting(gtin)
_new_parts = inserting(kit_component)
_owners = (
    select(balance.c.owner)
    .where(balance.c.item.in_(_among("skus")), balance.c.status == "sellable")
    .distinct()
)
