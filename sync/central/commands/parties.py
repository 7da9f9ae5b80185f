"""Owners of stock: legal entities, and the clients whose goods a building holds (3PL, consignment)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection, bindparam, func, select

from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands.shapes import Asked, Code, shown
from sync.central.store.act import Act
from sync.central.store.prepared import replacing
from sync.central.store.tables import balance, owner

_MOST = 1_000
_MOST_UNKNOWN = 200


class Owner(Asked):
    """Who owns goods: a legal entity, or a client whose goods an entity keeps.

    `currency` is the one its books are kept in; `parent` is the entity it belongs to.
    """

    code: Code
    kind: Literal["entity", "client"]
    name: Code
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    parent: Code | None = None


class Owners(Asked):
    """Owners, new or changed; all of them or none."""

    model_config = shown(
        owners=[
            {"code": "ACME", "kind": "entity", "name": "Acme Ltd", "currency": "GBP"},
            {"code": "BOLT", "kind": "client", "name": "Bolt Toys", "currency": "EUR", "parent": "ACME"},
        ]
    )

    owners: tuple[Owner, ...] = Field(min_length=1, max_length=_MOST, strict=False)


def put_owners(act: Act, asked: Owners) -> dict[str, object]:
    """Takes owners, the last of a code wins.

    Raises:
        Refused: a parent is no known entity, or an owner would be its own parent over some steps.
    """
    known = {row.code: row for row in act.conn.execute(_all)}
    kinds = {code: row.kind for code, row in known.items()} | {o.code: o.kind for o in asked.owners}
    parents = {code: row.parent for code, row in known.items()} | {o.code: o.parent for o in asked.owners}
    for code, parent in parents.items():
        if parent is not None and kinds.get(parent) != "entity":
            raise Refused(
                "owner.parent",
                f"Owner {code}: read the parent {parent!r}.",
                "Expected a legal entity that is known or sent along.",
                "Send the entity first, or correct the parent.",
            )
        _require_end(code, parents)
    when = to_text(act.posted_at)
    rows = {o.code: o.model_dump() | {"changed_at": when, "changed_by": act.operator} for o in asked.owners}
    _put.run(act.conn, list(rows.values()))
    return {"owners": list(rows)}


def _require_end(code: str, parents: Mapping[str, str | None]) -> None:
    at, passed = parents[code], {code}
    while at is not None:
        if at in passed:
            raise Refused(
                "owner.parent",
                f"Owner {code}: read the parent {parents[code]!r}, which leads back to {at!r}.",
                "Expected parents that come to an end.",
                "Leave out one of these parents.",
            )
        passed.add(at)
        at = parents.get(at)


def owners_document(conn: Connection) -> dict[str, object]:
    """Every owner, and the codes that own stock without being known here."""
    rows = conn.execute(_all).all()
    known = {row.code for row in rows}
    return {
        "owners": [
            {
                "code": row.code,
                "kind": row.kind,
                "name": row.name,
                "currency": row.currency,
                "parent": row.parent,
            }
            for row in rows
        ],
        "unknown": [code for code in holders(conn) if code not in known][:_MOST_UNKNOWN],
    }


def unknown_owner(conn: Connection, code: str) -> bool:
    """True when no owner of that code is known."""
    return conn.execute(_one, {"code": code}).first() is None


def holders(conn: Connection) -> list[str]:
    """Every owner that stock was ever booked for, one step of the index each."""
    found = list[str]()
    after = ""
    while (code := conn.scalar(_next_holder, {"after": after})) is not None:
        found.append(code)
        after = code
    return found


_put = replacing(owner, ("code",))
_all = select(owner).order_by(owner.c.code)
_one = select(owner.c.code).where(owner.c.code == bindparam("code"))
_next_holder = select(func.min(balance.c.owner)).where(balance.c.owner > bindparam("after"))
