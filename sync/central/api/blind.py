"""Units that nobody announced: the list of those that wait, what each could be, and matching one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy import Connection

from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.centre import Centre
from sync.central.commands import blind
from sync.central.commands.blind_asked import BlindMatch
from sync.central.rules.candidates import WINDOW_DAYS
from sync.central.store import blind_units
from sync.central.store.scope import Scope

_LONGEST_DAYS = 36_500
# PostgreSQL keeps no NUL, so that nothing is called by one.
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Named = Annotated[_Name | None, Query()]


def blind_router(centre: Centre, calls: Calls) -> APIRouter:
    """What came back with no RMA; its routes stand before that of one RMA, which any code would fit."""
    router = APIRouter(prefix="/v1/returns/blind", tags=["trade"], route_class=calls.route)

    @router.get("", summary="Units that came back with no RMA and wait")
    def waiting_(request: Request, sku: Named = None, cursor: Cursor = None, limit: Limit = 100) -> Response:
        """Oldest first, each with its holding label, age, item and site; `next` opens the following page."""
        return calls.scoped(
            request,
            lambda conn, scope: blind_units.waiting(
                conn, sku, cursor, limit, now=centre.clock.now(), sites=scope.sites
            ),
        )

    @router.get("/{label}/candidates", summary="What a unit could be")
    def candidates_(
        request: Request,
        label: str,
        *,
        customer: Named = None,
        price_minor: Annotated[int | None, Query(ge=0, le=EXACT_MAX)] = None,
        sku: Named = None,
        within_days: Annotated[int, Query(ge=0, le=_LONGEST_DAYS)] = WINDOW_DAYS,
    ) -> Response:
        """Open RMA lines first, then sales, the likeliest first, each with its points and reasons in words.

        `customer` and `price_minor` are what somebody knows beside the unit; `sku` names a thing that the
        bench could not; sales shipped within `within_days` go before older ones.
        """
        hints = blind.Hints(customer, price_minor, within_days, sku)

        def ask(conn: Connection, scope: Scope) -> Answer:
            scope.see(blind.found(conn, label).site)
            return blind.candidates(conn, label, hints)

        return calls.scoped(request, ask)

    @router.post("/{label}/match", summary="Say what a unit is")
    def match_(request: Request, label: str, body: BlindMatch) -> Response:
        """Authorizes the return of a sale, or takes an open RMA, with the unit already done on it.

        The unit leaves quarantine for the place that the policy in force says, or waits there with a case
        when the centre does not know that place. Refused, never cut, when too few units are left.
        """
        return calls.command(
            request,
            lambda act: blind.match(act, label, body),
            at=body.at,
            within=lambda scope: scope.blind(label),
        )

    return router
