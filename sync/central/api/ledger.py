"""The ledger to be read: balances, stock, and the events that prove every number."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import StringConstraints

from app.domain.account import Status
from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Calls
from sync.central.api.records import Limit
from sync.central.centre import Centre
from sync.central.checks.sample import EVENTS, ORDERS, look_at_recent
from sync.central.store import balances
from sync.central.store.event_proof import event_document
from sync.central.store.expected import expected_returns
from sync.central.store.holdings import stock
from sync.central.store.timeline import About, timeline

_MOST_SKUS = 200
_MOST_RECENT = 2_000
_LONGEST_CURSOR = 2_000

# PostgreSQL keeps no NUL, so that nothing is called by one.
_Name = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Part = Annotated[
    _Name | None, Query(description="Only accounts with this; an empty text asks for those that have none.")
]
Named = Annotated[_Name | None, Query(min_length=1)]
Cursor = Annotated[str | None, Query(max_length=_LONGEST_CURSOR)]
Division = Literal["site", "location", "lot", "serial", "grade"]


def ledger_router(centre: Centre, calls: Calls) -> APIRouter:
    """Numbers with their proof, and what happened in the order in which it was posted."""
    router = APIRouter(prefix="/v1", tags=["ledger"], route_class=calls.route)

    @router.get("/balances", summary="Balances account by account")
    def balances_(
        request: Request,
        *,
        owner: Part = None,
        sku: Part = None,
        site: Part = None,
        location: Part = None,
        status: Annotated[Status | Literal[""] | None, Query()] = None,
        reason: Part = None,
        lot: Part = None,
        serial: Part = None,
        label: Part = None,
        grade: Part = None,
        zero: Annotated[bool, Query(description="Accounts at zero too.")] = False,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Each opens into the moves that make it; virtual ends are accounts like all others."""
        which = balances.Which(owner, sku, site, location, status, reason, lot, serial, label, grade)
        return calls.scoped(
            request,
            lambda conn, scope: balances.balances(conn, which, cursor, limit, zero=zero, sites=scope.sites),
        )

    @router.get("/balances/{account_id}/moves", summary="The moves that make a balance")
    def balance_moves_(
        request: Request,
        account_id: Annotated[int, Path(ge=1, le=EXACT_MAX)],
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """In the order they were posted, with the balance after each and the event that caused it."""
        return calls.scoped(
            request, lambda conn, scope: balances.proof(conn, account_id, cursor, limit, scope.act)
        )

    _stock(router, centre, calls)
    _history(router, calls)
    return router


def _stock(router: APIRouter, centre: Centre, calls: Calls) -> None:
    @router.get("/stock", summary="On hand, claimed and expected")
    def stock_(
        request: Request,
        *,
        owner: Named = None,
        sku: Annotated[list[_Name] | None, Query(max_length=_MOST_SKUS)] = None,
        by: Annotated[list[Division] | None, Query(max_length=5)] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Summed from rows by owner and item; every number stands beside the path that opens it."""
        now = centre.clock.now()
        return calls.scoped(
            request,
            lambda conn, scope: stock(
                conn,
                owner=owner,
                skus=sku or (),
                by=by or (),
                cursor=cursor,
                limit=limit,
                now=now,
                sites=scope.sites,
            ),
        )

    @router.get("/stock/expected-returns", summary="The RMA lines behind expected returns")
    def expected_(
        owner: Named = None, sku: Named = None, cursor: Cursor = None, limit: Limit = 100
    ) -> Response:
        """What was authorized and not received yet; no unit of it is in any balance."""
        return calls.query(lambda conn: expected_returns(conn, owner, sku, cursor, limit))


def _history(router: APIRouter, calls: Calls) -> None:
    """What happened, told and proven."""

    @router.get("/timeline", summary="What happened to a unit, an order, a return or under a document")
    def timeline_(
        *,
        unit: Annotated[_Name | None, Query(min_length=1, description="A serial or a unit label.")] = None,
        sku: Named = None,
        order: Named = None,
        rma: Named = None,
        document: Named = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Events in the order they were posted, each as one sentence with its facts."""
        about = About(unit, sku, order, rma, document)
        return calls.query(lambda conn: timeline(conn, about, cursor, limit))

    @router.get("/audit/recent", summary="Check what changed lately")
    def recent_(
        events: Annotated[int, Query(ge=1, le=_MOST_RECENT)] = EVENTS,
        orders: Annotated[int, Query(ge=1, le=_MOST_RECENT)] = ORDERS,
    ) -> Response:
        """Balances, cases and claims that the newest events and orders touched; the audit proves the rest."""
        return calls.query(lambda conn: look_at_recent(conn, events, orders).to_json())

    @router.get("/events/{event_id}", summary="One event and its proof")
    def event_(event_id: Annotated[_Name, Path()]) -> Response:
        """Its moves, its place in a chain, and hash and signature of what was received."""
        return calls.query(lambda conn: event_document(conn, event_id))
