"""What kits are made of, and which kits a component is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import Connection, bindparam, select

from app.domain.item import Component
from sync.central.store.prepared import asking
from sync.central.store.tables import kit_component


def components(conn: Connection, kits: Sequence[str]) -> dict[str, tuple[Component, ...]]:
    """What each kit is made of."""
    if not kits:
        return {}
    rows = conn.execute(_parts, {"kits": kits})
    return {
        kit: tuple(Component(row.component, row.qty) for row in parts)
        for kit, parts in groupby(rows, lambda row: row.kit)
    }


def kits_of(conn: Connection, skus: Iterable[str]) -> tuple[str, ...]:
    """The kits that any of these items is a component of."""
    return tuple(row.kit for row in _kits_of.rows(conn, skus=list(skus)))


_parts = (
    select(kit_component.c.kit, kit_component.c.component, kit_component.c.qty)
    .where(kit_component.c.kit.in_(bindparam("kits", expanding=True)))
    .order_by(kit_component.c.kit, kit_component.c.component)
)
_kits_of = asking(
    lambda among: (
        select(kit_component.c.kit)
        .where(among(kit_component.c.component, "skus"))
        .distinct()
        .order_by(kit_component.c.kit)
    )
)
