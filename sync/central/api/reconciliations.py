"""Reconciliations: an external ledger's stock held against ours."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands.reconciling import Reconciliation, reconcile
from sync.central.store import listing


def reconciliations_router(calls: Calls) -> APIRouter:
    """What another system believes, and where that differs."""
    router = APIRouter(prefix="/v1", tags=["reconciliations"], route_class=calls.route)

    @router.post(
        "/reconciliations", summary="Compare another system's stock with the ledger", status_code=201
    )
    def reconcile_(request: Request, body: Reconciliation) -> Response:
        """The differences are stored under the number that is given back; no stock moves."""
        return calls.command(request, lambda act: reconcile(act, body), status=201)

    @router.get("/reconciliations/{number}", summary="The differences of one comparison")
    def differences_(
        number: Annotated[int, Path(ge=1, le=EXACT_MAX)],
        why: Annotated[Literal["quantity", "unknown_here", "unknown_there"] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """By SKU and place, page by page; a side that does not know the key has null."""
        return calls.query(lambda conn: listing.differences(conn, number, why, cursor, limit))

    return router
