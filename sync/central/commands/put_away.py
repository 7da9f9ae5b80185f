"""Where a unit goes that the centre came to know: by the policy, or with a to-do for somebody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from app.domain.item import Item
from app.domain.policy import Decision
from sync.central.store.exceptions import Case
from sync.central.store.returns_policy import returns_policy
from sync.central.store.tables import item, location


@dataclass(frozen=True, slots=True)
class Standing:
    """Units of one item under one label."""

    label: str
    sku: str
    qty: int


def record_of(conn: Connection, sku: str) -> Item | None:
    """The record of an item; None when the centre does not know it."""
    document = conn.scalar(_item, {"sku": sku})
    return Item.from_json(json.loads(document)) if document else None


def decided(conn: Connection, sku: str, grade: str | None, answers: Sequence[str] = ()) -> Decision | None:
    """What the policy in force says of a unit; None when it cannot tell, or asks for a person's word."""
    policy, its = returns_policy(conn), record_of(conn, sku)
    if policy is None or its is None or grade not in {known.code for known in policy.grades}:
        return None
    decision = policy.would(its.category, grade or "", answers, hazardous=its.hazardous)
    return None if decision is None or decision.outcome.confirm else decision


def site_of(conn: Connection, place: str) -> str | None:
    """The site that a place stands at; None when the centre does not know the place."""
    return conn.scalar(_place, {"code": place})


def stands(conn: Connection, decision: Decision, site: str | None) -> bool:
    """Whether the place of a decision is one that the centre knows at a unit's site."""
    return site_of(conn, decision.outcome.place) in {site} - {None}


def key_of(label: str) -> str:
    """The key of the to-do of a unit that stands on hold."""
    return f"return.put_away:{label}"


def to_do(unit: Standing, code: str, decision: Decision | None) -> Case:
    """A unit that belongs to a return now waits for somebody to put it where it goes."""
    goes = f"{decision.outcome.caption}, {decision.outcome.place}" if decision else "where its grade says"
    return Case(
        key=key_of(unit.label),
        type="return.put_away",
        subject=f"label:{unit.label}",
        owner_role="supervisor",
        fix=f"The unit belongs to {code} now and still stands on hold: put it {goes}, and scan its label.",
        sku=unit.sku,
        qty=unit.qty,
    )


_item = select(item.c.document).where(item.c.sku == bindparam("sku"))
_place = select(location.c.site).where(location.c.code == bindparam("code"))
