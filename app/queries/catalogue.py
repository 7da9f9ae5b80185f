"""Items, places and the policy as the centre last sent them; exact match only, never a guess."""

from __future__ import annotations

import json
from functools import cache, lru_cache

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from app.domain.item import Item
from app.domain.place import Location, LocationKind
from app.domain.policy import Policy
from app.domain.transfer import Transfer
from app.ledger.records import RecordKind, policy_from_json
from app.ledger.tables import gtin, mirror
from app.queries.prepared import Prepared, prepare

_GTIN_DIGITS = 14
_ITEMS_KEPT = 2000
_PLACES_KEPT = 500
_TRANSFERS_KEPT = 200


def by_sku(connection: Connection, sku: str) -> Item | None:
    """The item of that SKU, letter by letter."""
    text = _document(connection, RecordKind.ITEM, sku)
    return _item(text) if text is not None else None


def by_sku_in_any_case(connection: Connection, sku: str) -> Item | None:
    """The item of that SKU whatever its letters A to Z are written in, when there is exactly one.

    Reads all items' keys: for what was typed and not found otherwise.
    """
    found = connection.execute(
        select(mirror.c.document)
        .where(mirror.c.key.collate("NOCASE") == sku, *_readable(RecordKind.ITEM))
        .limit(2)
    ).all()
    return _item(found[0].document) if len(found) == 1 else None


def by_gtin(connection: Connection, code: str) -> tuple[Item, ...]:
    """The items that carry this GTIN, given with 8 to 14 digits: none, one, or rarely several."""
    rows = _items_of_gtin().ask(connection, code=code.zfill(_GTIN_DIGITS))
    return tuple(_item(text) for (text,) in rows)


def location(connection: Connection, code: str) -> Location | None:
    """The place of that code."""
    text = _document(connection, RecordKind.LOCATION, code)
    return _location(text) if text is not None else None


def transfer(connection: Connection, code: str) -> Transfer | None:
    """The transfer of that code, as far as the centre told of it."""
    text = _document(connection, RecordKind.TRANSFER, code)
    return _transfer(text) if text is not None else None


def docks(connection: Connection, site: str) -> tuple[str, ...]:
    """The codes of a site's docks, in their order."""
    return tuple(code for (code,) in _docks().ask(connection, site=site))


def transfers_to(connection: Connection, site: str) -> tuple[Transfer, ...]:
    """Every transfer on its way to a site, the one that changed last first."""
    rows = _all_transfers().ask(connection)
    found = (_transfer(text) for (text,) in rows)
    return tuple(entry for entry in found if entry.target == site and entry.open)


def current_policy_version(connection: Connection) -> str | None:
    """The version of the returns policy in force; cheap, so that a caller reads a policy once."""
    found: str | None = _newest_policy().ask(connection).scalar()
    return found


def policy(connection: Connection, version: str) -> Policy | None:
    """The returns policy of that version, read and checked."""
    text = _document(connection, RecordKind.POLICY, version)
    return policy_from_json(json.loads(text)) if text is not None else None


@lru_cache(_ITEMS_KEPT)
def _item(text: str) -> Item:
    """Read once for as long as the centre says the same of it: one box asks for its items with every scan."""
    return Item.from_json(json.loads(text))


@lru_cache(_PLACES_KEPT)
def _location(text: str) -> Location:
    return Location.from_json(json.loads(text))


@lru_cache(_TRANSFERS_KEPT)
def _transfer(text: str) -> Transfer:
    return Transfer.from_json(json.loads(text))


def _document(connection: Connection, kind: RecordKind, key: str) -> str | None:
    found: str | None = _one_document().ask(connection, key=key, kind=kind.value).scalar()
    return found


@cache
def _one_document() -> Prepared:
    return prepare(
        select(mirror.c.document).where(
            mirror.c.key == bindparam("key"), mirror.c.kind == bindparam("kind"), mirror.c.readable == 1
        )
    )


@cache
def _items_of_gtin() -> Prepared:
    # As a subquery, not a join: no statistics are needed to begin with the few rows of the GTIN.
    skus = select(gtin.c.sku).where(gtin.c.gtin == bindparam("code"))
    return prepare(
        select(mirror.c.document)
        .where(mirror.c.key.in_(skus), *_readable(RecordKind.ITEM))
        .order_by(mirror.c.key)
    )


@cache
def _docks() -> Prepared:
    kind = func.json_extract(mirror.c.document, "$.kind")
    site = func.json_extract(mirror.c.document, "$.site")
    return prepare(
        select(mirror.c.key)
        .where(kind == LocationKind.DOCK.value, site == bindparam("site"), *_readable(RecordKind.LOCATION))
        .order_by(mirror.c.key)
    )


@cache
def _all_transfers() -> Prepared:
    return prepare(
        select(mirror.c.document)
        .where(*_readable(RecordKind.TRANSFER))
        .order_by(mirror.c.pos.desc(), mirror.c.key)
    )


@cache
def _newest_policy() -> Prepared:
    return prepare(
        select(mirror.c.key)
        .where(*_readable(RecordKind.POLICY))
        .order_by(mirror.c.pos.desc(), mirror.c.key.desc())
        .limit(1)
    )


def _readable(kind: RecordKind) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (mirror.c.kind == kind.value, mirror.c.readable == 1)
