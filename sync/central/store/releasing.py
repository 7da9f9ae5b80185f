"""Releasing orders: claims are narrowed to a site that has their units, and parcels made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.clock import to_text
from sync.central.rules.cover import Cover
from sync.central.rules.line_claims import LineClaim, by_line, named, of_line, rest
from sync.central.rules.promise import RESERVED
from sync.central.store import parcels
from sync.central.store.act import Act
from sync.central.store.order_claims import narrow


@dataclass(frozen=True, slots=True)
class Sending:
    """Claims of one order that are to leave from a site together."""

    site: str
    claims: tuple[LineClaim, ...]


@dataclass(frozen=True, slots=True)
class Released:
    """What became of an order: parcels as (code, site, units by line), and claims that did not fit."""

    parcels: tuple[tuple[str, str, dict[int, int]], ...]
    misfits: tuple[LineClaim, ...]


def release(
    act: Act,
    order: Any,
    sendings: Sequence[Sending],
    covers: Mapping[str, Cover],
    *,
    new_code: Callable[[], str],
    wave: str | None = None,
    complete: bool = False,
) -> Released:
    """Makes a parcel for each site whose units the claims can be met from; the rest stays as it is.

    Args:
        act: what it belongs to.
        order: its row.
        sendings: what is to leave from where, no claim twice.
        covers: of the items, with every claim placed; they follow what is done.
        new_code: gives the parcels their codes.
        wave: which wave released it.
        complete: everything leaves or nothing.
    """
    fitting = [fit for sending in sendings if (fit := _what_fits(covers, sending)).claims]
    asked = [claim for sending in sendings for claim in sending.claims]
    misfits = rest(asked, [claim for fit in fitting for claim in fit.claims])
    if complete and misfits:
        for fit in fitting:
            _take_back(covers, fit)
        return Released((), tuple(asked))
    made = list[tuple[str, str, dict[int, int]]]()
    for fit in fitting:
        narrow(act.conn, order, fit.claims, fit.site)
        code, units = new_code(), by_line(fit.claims)
        row = {
            "code": code,
            "order": order.id,
            "site": fit.site,
            "wave": wave,
            "released_at": to_text(act.posted_at),
        }
        parcels.make(act.conn, row, units, named(fit.claims))
        made.append((code, fit.site, units))
    return Released(tuple(made), misfits)


def _what_fits(covers: Mapping[str, Cover], sending: Sending) -> Sending:
    """The whole, or those of its lines that have their units at the site."""
    if fits(covers, sending):
        return sending
    lines = dict.fromkeys(claim.line for claim in sending.claims)
    parts = [Sending(sending.site, of_line(sending.claims, line)) for line in lines]
    fitting = [part for part in parts if len(parts) > 1 and fits(covers, part)]
    return Sending(sending.site, tuple(claim for part in fitting for claim in part.claims))


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
        _place(cover, claim)
        _take_back(covers, Sending(sending.site, tuple(placed)))
        return False
    return True


def _take_back(covers: Mapping[str, Cover], sending: Sending) -> None:
    for claim in sending.claims:
        covers[claim.item].release(RESERVED, replace(claim.scope, site=sending.site), claim.qty)
        _place(covers[claim.item], claim)


def _place(cover: Cover, claim: LineClaim) -> None:
    if cover.place(RESERVED, claim.scope, claim.qty) != claim.qty:
        raise RuntimeError(f"{claim} had its units and has them no more")
