"""Releasing orders: claims are narrowed to a site that has their units, and parcels made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.clock import to_text
from sync.central.rules.cover import Cover
from sync.central.rules.line_claims import LineClaim, by_line
from sync.central.rules.promise import RESERVED
from sync.central.store import parcels
from sync.central.store.act import Act
from sync.central.store.order_claims import narrow


@dataclass(frozen=True, slots=True)
class Sending:
    """Claims of one order that are to leave from a site together."""

    site: str
    claims: tuple[LineClaim, ...]


@dataclass(slots=True)
class Released:
    """What became of an order: parcels as (code, site, units by line), and claims that did not fit."""

    parcels: list[tuple[str, str, dict[int, int]]] = field(default_factory=list)
    misfits: list[Sending] = field(default_factory=list)


def release(
    act: Act,
    order: Any,
    sendings: Sequence[Sending],
    covers: Mapping[str, Cover],
    *,
    new_code: Callable[[], str],
    wave: str | None = None,
) -> Released:
    """Makes a parcel for each site whose units the claims can be met from; the rest stays as it is.

    Args:
        act: what it belongs to.
        order: its row.
        sendings: what is to leave from where, no claim twice.
        covers: of the items, with every claim placed; they follow what is done.
        new_code: gives the parcels their codes.
        wave: which wave released it.
    """
    found = Released()
    for sending in sendings:
        if not fits(covers, sending):
            found.misfits.append(sending)
            continue
        narrow(act.conn, order, sending.claims, sending.site)
        code, units = new_code(), by_line(sending.claims)
        row = {
            "code": code,
            "order": order.id,
            "site": sending.site,
            "wave": wave,
            "released_at": to_text(act.posted_at),
        }
        parcels.make(act.conn, row, units)
        found.parcels.append((code, sending.site, units))
    return found


def fits(covers: Mapping[str, Cover], sending: Sending) -> bool:
    """Places claims on units of the site; when one has no unit there, all are placed as before."""
    placed = list[LineClaim]()
    for claim in sending.claims:
        cover, there = covers[claim.item], replace(claim.scope, site=sending.site)
        cover.release(RESERVED, claim.scope, claim.qty)
        got = cover.place(RESERVED, there, claim.qty)
        if got == claim.qty:
            placed.append(claim)
            continue
        cover.release(RESERVED, there, got)
        _back(cover, claim)
        for earlier in placed:
            again = covers[earlier.item]
            again.release(RESERVED, replace(earlier.scope, site=sending.site), earlier.qty)
            _back(again, earlier)
        return False
    return True


def _back(cover: Cover, claim: LineClaim) -> None:
    if cover.place(RESERVED, claim.scope, claim.qty) != claim.qty:
        raise RuntimeError(f"{claim} had its units and has them no more")
