"""What can be promised, now and by dates, with its proof; and what is kept from every promise."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from app.domain.reservation import Scope
from sync.central.api.calls import Answer, Calls
from sync.central.centre import Centre
from sync.central.commands.safety import SafetyStock, keep_safe
from sync.central.commands.shapes import Day
from sync.central.rules.dated import read_buckets
from sync.central.store.availability import Asked, availability
from sync.central.store.scope import Scope as Sites

_MOST_SKUS = 200
_MOST_BUCKETS = 60
Part = Annotated[str | None, Query(min_length=1)]


def availability_router(centre: Centre, calls: Calls) -> APIRouter:
    """Available to promise."""
    router = APIRouter(prefix="/v1", tags=["stock"], route_class=calls.route)

    @router.get("/availability", summary="Available to promise")
    def availability_(
        request: Request,
        sku: Annotated[list[str], Query(min_length=1, max_length=_MOST_SKUS)],
        owner: Annotated[str, Query(min_length=1)],
        *,
        channel: Annotated[str, Query()] = "",
        site: Part = None,
        lot: Part = None,
        grade: Part = None,
        until: Annotated[Day | None, Query()] = None,
        buckets: Annotated[list[str] | None, Query(max_length=_MOST_BUCKETS)] = None,
    ) -> Response:
        """What could be promised now, with every claim and a reason for every unit left out.

        Of one site, lot or grade, good `until` a date, to a channel. `buckets` are dates, or days from today,
        by which it is asked again, with what is to come by then as far as the allocation policy counts it.
        A token of some sites asks for one of them.
        """
        now = centre.clock.now()
        scope = Scope(site, lot, None, grade, None, until)
        asked = Asked(scope, channel, read_buckets(buckets or (), now.date()))

        def ask(conn: Connection, sites: Sites) -> Answer:
            sites.act(site)
            return availability(conn, owner, sku, now, asked)

        return calls.scoped(request, ask)

    @router.post("/safety-stock", summary="Set safety stock")
    def safety_(request: Request, body: SafetyStock) -> Response:
        """Units of an item that are never promised, from anywhere or from one site; 0 ends that."""
        return calls.command(request, lambda act: keep_safe(act, body))

    return router
