"""A token's sites held against what a request names: a site, or a location, which stands at one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    bindparam,
    or_,
    select,
    true,
    union,
)

from sync.central.rules.scope import Sites, may_act, may_see, outside
from sync.central.store.tables import (
    blind_unit,
    consignment,
    customer_order,
    location,
    reservation,
    rma,
    station,
    supply,
    transfer,
    work_order,
)


class Scope:
    """What one caller may touch, inside one transaction or look.

    A location that is not known is left to the command, which refuses it.
    """

    def __init__(self, conn: Connection, sites: Sites) -> None:
        self._conn = conn
        self.sites = sites

    def act(self, site: str | None) -> None:
        """Refuses a command at a site outside.

        Raises:
            Forbidden: `token.site`; also for a command that names no site, unless the token is for all.
        """
        if not may_act(self.sites, site):
            raise outside(self.sites, site)

    def act_at(self, *codes: str | None) -> None:
        """Refuses a command at any location outside; None stands for a place the command would choose.

        Raises:
            Forbidden: `token.site`.
        """
        if self.sites is None:
            return
        known = self._sites_of(code for code in codes if code is not None)
        for code in codes:
            if code is None or code in known:
                self.act(None if code is None else known[code])

    def see(self, *sites: str | None) -> None:
        """Refuses to show, or to touch, a record of a site outside; one of no site is everybody's.

        Raises:
            Forbidden: `token.site`.
        """
        for site in sites:
            if not may_see(self.sites, site or None):
                raise outside(self.sites, site)

    def see_one(self, *sites: str | None) -> None:
        """Refuses what is at several sites when all of them are outside.

        Raises:
            Forbidden: `token.site`.
        """
        if not any(may_see(self.sites, site) for site in sites):
            raise outside(self.sites, sites[0])

    def see_at(self, code: str | None) -> None:
        """Refuses to show a record of a location outside.

        Raises:
            Forbidden: `token.site`.
        """
        if self.sites is not None and code is not None:
            self.see(self._sites_of([code]).get(code))

    # --- by code; what is not known is left to the command ----------------------------------------------

    def order(self, code: str) -> None:
        """Refuses an order that is bound to a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_order, code)

    def blind(self, label: str) -> None:
        """Refuses a unit that came back at a bench of a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_blind, label)

    def rma(self, code: str) -> None:
        """Refuses a return that is bound to a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        if self.sites is not None:
            document = self._conn.scalar(_rma, {"which": code})
            self.see(json.loads(document)["site"] if document else None)

    def basket(self, code: str) -> None:
        """Refuses a basket that claims units of a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_claims, f"hold:{code}")

    def claim(self, number: int) -> None:
        """Refuses a claim on units of a site outside, or of an order that is bound to one.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_claim, number)

    def work(self, code: str) -> None:
        """Refuses work at a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_work, code)

    def supply(self, code: str) -> None:
        """Refuses inbound supply for a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_supply, code)

    def consignment(self, code: str) -> None:
        """Refuses goods that leave a site outside for good.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_consignment, code)

    def sends(self, code: str) -> None:
        """Refuses a transfer that leaves a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_source, code)

    def receives(self, code: str) -> None:
        """Refuses a transfer to a site outside.

        Raises:
            Forbidden: `token.site`.
        """
        self._each(_target, code)

    def _each(self, asked: Executable, code: str | int) -> None:
        if self.sites is not None:
            self.see(*self._conn.scalars(asked, {"which": code}))

    def _sites_of(self, codes: Iterable[str]) -> Mapping[str, str]:
        rows = self._conn.execute(_sites, {"codes": list(codes)})
        return {row.code: row.site for row in rows}


def among(sites: Sites, *columns: ColumnElement[str], bound: bool = False) -> ColumnElement[bool]:
    """The condition that one of some columns names a site of a token.

    Args:
        sites: the token's.
        columns: each the code of a site.
        bound: rows without a site are left out; otherwise they are everybody's.
    """
    if sites is None:
        return true()
    own = [column.in_(sorted(sites)) for column in columns]
    return or_(*own) if bound else or_(*own, *(column.is_(None) | (column == "") for column in columns))


_which: BindParameter[str] = bindparam("which")
_order = select(customer_order.c.site).where(customer_order.c.code == _which)
_rma = select(rma.c.document).where(rma.c.code == _which)
_blind = (
    select(station.c.site)
    .join_from(blind_unit, station, station.c.station_id == blind_unit.c.station)
    .where(blind_unit.c.label == _which)
)
_claims = select(reservation.c.site).where(reservation.c.document == _which).distinct()
_claim = union(
    select(reservation.c.site).where(reservation.c.id == _which),
    select(customer_order.c.site)
    .join_from(reservation, customer_order, reservation.c.order == customer_order.c.id)
    .where(reservation.c.id == _which),
)
_supply = select(supply.c.site).where(supply.c.code == _which)
_work = select(work_order.c.site).where(work_order.c.code == _which)
_consignment = select(consignment.c.site).where(consignment.c.code == _which)
_source = select(transfer.c.source).where(transfer.c.code == _which)
_target = select(transfer.c.target).where(transfer.c.code == _which)
_sites = select(location.c.code, location.c.site).where(
    location.c.code.in_(bindparam("codes", expanding=True))
)
