"""Items: what is sold and sent back, the codes on it, and what kits are made of."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from app.domain.account import Status
from app.domain.fields import Fields
from app.domain.item import Component, Item
from app.domain.refusal import Refused
from sync.central.commands.documents import Intake, Sent, changed, require_storable, storable
from sync.central.commands.identities import Identities, named_in, put_identities
from sync.central.commands.proposals import propose
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.rules.spelling import look_alike, spelled
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.feed import Record, publish
from sync.central.store.item_rules import asks_of
from sync.central.store.kits import components
from sync.central.store.prepared import asking, inserting, replacing
from sync.central.store.record_owners import STORED, divide
from sync.central.store.settling import settle_waiting
from sync.central.store.tables import account, balance, gtin, item, kit_component, order_line, reservation

_CURRENCY = 3


Check = Callable[[int, object], None]
"""Refuses a document, by its place in the call, before it is read."""


def put_items(
    act: Act, documents: Sequence[object], speaker: Speaker | None = None, check: Check | None = None
) -> dict[str, object]:
    """Takes items, new or changed. An item may carry `safety`: units of it that are never promised.

    Items that `speaker` does not own are kept as proposals; None speaks for every owner. Those that `check`
    refuses are rejected like those that cannot be read.
    """
    mine, theirs = divide(act.conn, RecordKind.ITEM, documents, speaker)
    intake = read_items(act.conn, documents, mine, check)
    _save(act, changed(act.conn, intake.taken, STORED[RecordKind.ITEM]))
    if theirs:
        # Read after the others were written, by rules of their own: nothing may rest on a mere proposal.
        asked = read_items(act.conn, documents, theirs, check)
        propose(act, RecordKind.ITEM, asked)
        intake.add(asked)
    settle_waiting(act)
    return intake.answer()


def read_items(
    conn: Connection, documents: Sequence[object], places: Sequence[int], check: Check | None = None
) -> Intake[Item]:
    """Reads the documents at some places as items and writes nothing."""
    intake = Intake[Item]()
    rules = _Rules(conn, {index: documents[index] for index in places}, check)
    # Kits come after single items, so that a kit may stand before its components.
    for is_kit in (False, True):
        for index in places:
            if _looks_like_kit(documents[index]) == is_kit:
                intake.offer(index, partial(rules.read, index, documents[index]))
    _question(conn, intake)
    return intake


def _question(conn: Connection, intake: Intake[Item]) -> None:
    """Warns of SKUs that look like others and of substitutes nobody knows; the records are taken."""
    taken = intake.taken
    others = defaultdict[str, set[str]](set)
    for row in _alike.rows(conn, folds=list({look_alike(sku) for sku in taken})):
        others[row.folded].add(row.sku)
    known = {
        row.sku for row in _known.rows(conn, skus=[s for t in taken.values() for s in t.record.substitutes])
    }
    for sku in taken:
        others[look_alike(sku)].add(sku)
    for sku, sent in taken.items():
        for twin in sorted(others[look_alike(sku)] - {sku})[:1]:
            same = spelled(twin) == spelled(sku)
            how = "differs in letter case or spaces alone" if same else "looks the same"
            code = "code.spelling" if same else "code.look_alike"
            intake.warn(sent.index, code, f"Item {sku}: there is {twin!r}, which {how}.")
        for other in sent.record.substitutes:
            if other not in known and other not in taken:
                intake.warn(sent.index, "substitute.unknown", f"Item {sku}: no item {other!r} is known.")


class _Rules:
    """What is known while items are read one after the other."""

    def __init__(self, conn: Connection, documents: Mapping[int, object], check: Check | None = None) -> None:
        self._check = check
        self._storable = {n for n, d in documents.items() if isinstance(d, Mapping) and storable(d)}
        texts = [Fields(documents[n], "item").raw() for n in sorted(self._storable)]
        parts = [str(part.get("sku")) for text in texts for part in _listed(text, "kit")]
        codes = [str(code).zfill(14) for text in texts for code in _listed(text, "gtins", str)]
        codes += [str(pack.get("gtin")).zfill(14) for text in texts for pack in _listed(text, "packs")]
        self._identities = Identities(conn, RecordKind.ITEM, named_in(texts))
        skus = [str(text.get("sku")) for text in texts]
        rows = _known.rows(conn, skus=[*parts, *skus])
        self._singles = {row.sku for row in rows if not row.is_kit}
        self._owners = {row.gtin: row.sku for row in _gtins.rows(conn, codes=codes)}
        self._kits = components(conn, [row.sku for row in rows if row.is_kit])
        stored = {row[0]: json.loads(row[1]) for row in STORED[RecordKind.ITEM].rows(conn, keys=skus)}
        fields = ((sku, text, stored[sku]) for sku, text in zip(skus, texts, strict=True) if sku in stored)
        self._before = {sku: Item.from_json(old) for sku, text, old in fields if _counted_anew(old, text)}
        self._stocked = defaultdict[str, set[bool]](set)
        for row in _stocked.rows(conn, skus=list(self._before)):
            self._stocked[row.item].add(bool(row.serial))
        self._claimed = set(conn.scalars(_claimed, {"skus": list(self._kits)})) if self._kits else set[str]()

    def read(self, index: int, document: object) -> Sent[Item]:
        """Reads one item; refused when its kit or its GTINs do not fit the others."""
        if self._check is not None:
            self._check(index, document)
        if index not in self._storable:
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
        for code in record.barcodes:
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
        self._require_countable(record)
        self._identities.claim(record.sku, record.external_ids)
        if not record.kit:
            self._singles.add(record.sku)
        return Sent(index, record.sku, {**f.raw(), **record.to_json()}, record)

    def _require_countable(self, record: Item) -> None:
        """What is in stock goes on meaning what was booked; money is of a currency."""
        sku, money = record.sku, record.currency
        if not (len(money) == _CURRENCY and money.isascii() and money.isalpha() and money.isupper()):
            raise Refused(
                "currency.unreadable",
                f"Item {sku}: read the currency {money!r}.",
                "Expected three capital letters of ISO 4217, such as GBP.",
                "Correct it and send the item again.",
            )
        before, there = self._before.get(sku), self._stocked[sku]
        if before is not None and there and before.unit != record.unit:
            raise Refused(
                "unit.changed",
                f"Item {sku}: read the unit {record.unit!r}.",
                f"It is counted in {before.unit}; what is in stock would mean something else.",
                "Give the item in its new unit a SKU of its own.",
            )
        if before is not None and record.has_serial and not before.has_serial and False in there:
            raise Refused(
                "tracking.changed",
                f"Item {sku}: read the tracking {record.tracking}.",
                "Expected no stock of it without serials.",
                "Count that stock out, send the item again, and count it in by serial.",
            )


def _counted_anew(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    asked = (("unit", "piece"), ("tracking", "none"))
    return any(old.get(name, default) != new.get(name, default) for name, default in asked)


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
    rows = [_row(sent) for sent in fresh]
    before = {row.sku: row for row in _before.rows(act.conn, skus=skus)}
    promises = _promises_touched(before, fresh, rows)
    _put.run(act.conn, rows)
    if before:
        act.conn.execute(_drop_gtins, {"skus": list(before)})
        act.conn.execute(_drop_parts, {"skus": list(before)})
    codes = [{"gtin": code, "sku": sent.key} for sent in fresh for code in sent.record.barcodes]
    _new_gtins.run(act.conn, codes)
    parts = [
        {"kit": sent.key, "component": sku, "qty": qty}
        for sent in fresh
        for sku, qty in _parts(sent.record.kit).items()
    ]
    _new_parts.run(act.conn, parts)
    put_identities(act.conn, RecordKind.ITEM, {sent.key: sent.record.external_ids for sent in fresh})
    publish(act.conn, [Record("item", sent.key, sent.document) for sent in fresh])
    if promises:
        affected = [*promises, *(part["component"] for part in parts)]
        for owner in sorted(row.owner for row in _owners.rows(act.conn, skus=affected)):
            settle(act, owner, promises)


def _promises_touched(
    before: Mapping[str, Any], fresh: Sequence[Sent[Item]], rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    """The items of which more or less can be promised once these rows are written.

    Another safety stock, kit, category or rule for its units changes that; for a new item nobody waits yet.
    """
    return [
        sent.key
        for sent, row in zip(fresh, rows, strict=True)
        if (old := before.get(sent.key))
        and (old.safety != row["safety"] or bool(old.is_kit) or row["is_kit"] or _judged_anew(old, sent))
    ]


def _judged_anew(old: Any, sent: Sent[Item]) -> bool:
    """Whether the policy judges the item by another category now, or it asks something else of its units."""
    category = json.loads(old.document).get("category")
    return bool(category != sent.document.get("category")) or asks_of(old.document) != asks_of(sent.text)


def _row(sent: Sent[Item]) -> dict[str, object]:
    return {
        "sku": sent.key,
        "document": sent.text,
        "tracking": str(sent.record.tracking),
        "value_minor": sent.record.value_minor,
        "currency": sent.record.currency,
        "is_kit": sent.record.is_kit,
        "safety": Fields(sent.document, "item").whole_or("safety", 0),
        "least": sent.record.min_order_qty,
        "folded": look_alike(sent.key),
    }


def _among(name: str) -> Any:
    return bindparam(name, expanding=True)


# A call may name more components and codes than a statement takes parameters.
_known = asking(lambda among: select(item.c.sku, item.c.is_kit).where(among(item.c.sku, "skus")))
_gtins = asking(lambda among: select(gtin.c.gtin, gtin.c.sku).where(among(gtin.c.gtin, "codes")))
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
_before = asking(
    lambda among: select(item.c.sku, item.c.safety, item.c.is_kit, item.c.document).where(
        among(item.c.sku, "skus")
    )
)
_alike = asking(lambda among: select(item.c.folded, item.c.sku).where(among(item.c.folded, "folds")))
_stocked = asking(
    lambda among: (
        select(account.c.item, account.c.serial)
        .join_from(balance, account, balance.c.account == account.c.id)
        .where(among(account.c.item, "skus"), account.c.status != "", balance.c.qty != 0)
        .distinct()
    )
)
_put = replacing(item, ("sku",))
_drop_gtins = delete(gtin).where(gtin.c.sku.in_(_among("skus")))
_drop_parts = delete(kit_component).where(kit_component.c.kit.in_(_among("skus")))
_new_gtins = inserting(gtin)
_new_parts = inserting(kit_component)
_owners = asking(
    lambda among: (
        select(balance.c.owner)
        .where(among(balance.c.item, "skus"), balance.c.status == Status.SELLABLE.value)
        .distinct()
    )
)
