"""Refunds: what is due, and every step until the money is there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from sync.central.api.calls import Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import refunds as commands
from sync.central.commands import replacement_payments, replacing
from sync.central.commands.exchanges_asked import PaymentBack, ReplacementDecision, ReplacementPayment
from sync.central.commands.refunds import CreditAsked, Payout, RefundNote
from sync.central.commands.shapes import MOST
from sync.central.rules.refunds import RefundState
from sync.central.store.refund_listing import document, listed

Line = Annotated[int, Path(ge=1, le=MOST)]


def refunds_router(calls: Calls) -> APIRouter:
    """Money for what came back."""
    router = APIRouter(prefix="/v1", tags=["refunds"], route_class=calls.route)

    @router.get("/refunds", summary="Refunds by state")
    def refunds_(
        *,
        state: Annotated[RefundState | None, Query()] = None,
        rma: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Oldest first; `payable` is what the customer gets."""
        return calls.query(lambda conn: listed(conn, state, rma, cursor, limit))

    @router.get("/refunds/{code}", summary="One refund with its steps")
    def refund_(code: str) -> Response:
        """Who moved it on, when, why, and the event that booked it."""
        return calls.query(lambda conn: document(conn, code))

    @router.post("/refunds/{code}/approve", summary="Approve a refund")
    def approve_(request: Request, code: str, body: RefundNote) -> Response:
        """Books it; it waits to be paid out, or is store credit at once."""
        return calls.command(request, lambda act: commands.approve(act, code, body))

    @router.post("/refunds/{code}/reject", summary="Reject a refund")
    def reject_(request: Request, code: str, body: RefundNote) -> Response:
        """Nothing is booked."""
        return calls.command(request, lambda act: commands.reject(act, code, body))

    @router.post("/refunds/{code}/payout", summary="Say how far a payout is")
    def payout_(request: Request, code: str, body: Payout) -> Response:
        """Begun, paid or failed; one that failed stays owed and can be begun again."""
        return calls.command(request, lambda act: commands.pay(act, code, body))

    @router.post("/refunds/{code}/reverse", summary="Reverse a refund")
    def reverse_(request: Request, code: str, body: RefundNote) -> Response:
        """As one that was credited wrongly; what was paid out is owed by the customer."""
        return calls.command(request, lambda act: commands.reverse(act, code, body))

    @router.post("/returns/{rma}/credits", summary="Credit without goods", status_code=201)
    def credit_(request: Request, rma: str, body: CreditAsked) -> Response:
        """For units that the customer keeps, or for a part of the price."""
        return calls.command(request, lambda act: commands.credit(act, rma, body), status=201)

    @router.post("/returns/{rma}/replacements/{line}/decision", summary="Charge or waive a replacement")
    def decide_(request: Request, rma: str, line: Line, body: ReplacementDecision) -> Response:
        """For units that left and that nothing came back for; charged, the customer owes their price."""
        return calls.command(request, lambda act: replacing.decide(act, rma, line, body))

    _offer_payments(router, calls)
    return router


def _offer_payments(router: APIRouter, calls: Calls) -> None:
    @router.post("/returns/{rma}/replacements/{line}/payments", summary="Note a payment for a replacement")
    def paid_(request: Request, rma: str, line: Line, body: ReplacementPayment) -> Response:
        """What the customer paid of `owing_minor`; the last of it releases an exchange that waits."""
        return calls.command(request, lambda act: replacement_payments.pay(act, rma, line, body))

    @router.post(
        "/returns/{rma}/replacements/{line}/payments/reverse", summary="Take back a payment for a replacement"
    )
    def unpaid_(request: Request, rma: str, line: Line, body: PaymentBack) -> Response:
        """Named by its event, once; what was paid is owed again."""
        return calls.command(request, lambda act: replacement_payments.take_back(act, rma, line, body))
