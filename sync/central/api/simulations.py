"""Simulation over HTTP: what another policy, for allocation or for returns, would change."""

from __future__ import annotations

from fastapi import APIRouter, Response

from sync.central.api.calls import Calls
from sync.central.centre import Centre
from sync.central.commands.simulations import WhatIf, WhatIfReturns, what_if, what_if_returns


def simulations_router(centre: Centre, calls: Calls) -> APIRouter:
    """Questions that are too long for an address; they change nothing."""
    router = APIRouter(prefix="/v1", tags=["records"], route_class=calls.route)

    @router.post("/simulations", summary="What another allocation policy would change")
    def simulate_(body: WhatIf) -> Response:
        """Who would gain and lose, by channel and line, with the reason; changes nothing and takes no key."""
        return calls.query(lambda conn: what_if(conn, body, centre.clock.now()))

    @router.post("/policies/simulations", summary="What another returns policy would have decided")
    def hindsight_(body: WhatIfReturns) -> Response:
        """What would have become of past dispositions, counted and valued; changes nothing and takes no key.

        `refunds` says the same of the money: by rule, what was and would be refunded, and how many customers
        would have had more or less. Goods stay as they were judged there; only rules of refunds and windows
        are tried, and what a person rejected or credited without goods stands.

        Units whose questions were not asked then are counted apart: nobody can say.
        """
        return calls.query(lambda conn: what_if_returns(conn, body))

    return router
