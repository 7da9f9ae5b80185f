"""One unit by its label: a supervisor's word on it, a name for what had none, and taking either back."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.commands import naming, units
from sync.central.commands.units_asked import Name, Word, WordBack
from sync.central.store import unidentified
from sync.central.store.act import Act


def units_router(calls: Calls) -> APIRouter:
    """What people say of units that a bench recorded."""
    router = APIRouter(prefix="/v1/units", tags=["stock"], route_class=calls.route)

    @router.get("/unidentified", summary="Things that nobody at a bench could name")
    def unidentified_(request: Request, cursor: Cursor = None, limit: Limit = 100) -> Response:
        """Those that wait for their name, the oldest first; `next` opens the following page."""
        return calls.scoped(
            request, lambda conn, scope: unidentified.waiting(conn, cursor, limit, scope.sites)
        )

    @router.post("/{label}/disposition", summary="Decide otherwise about a unit")
    def disposition_(request: Request, label: str, body: Word) -> Response:
        """A supervisor's word on a unit in quarantine, damaged or to be repaired, with the reason.

        It moves the unit where the disposition leads; what the rule had said stays on the timeline. Routes
        that the policy blocks stay impossible. With `line`, a unit that was kept as the wrong one is accepted
        onto that line of its return.
        """

        def do(act: Act) -> Answer:
            calls.scope(request, act.conn).act_at(units.place_of(act.conn, label))
            return units.redecide(act, label, body)

        return calls.command(request, do, at=body.at)

    @router.post("/{label}/name", summary="Say what a thing is")
    def name_(request: Request, label: str, body: Name) -> Response:
        """Makes stock of it: blind like any unit that nobody announced, or on the return of its box."""

        def do(act: Act) -> Answer:
            calls.scope(request, act.conn).see(naming.found(act.conn, label).site)
            return naming.name(act, label, body)

        return calls.command(request, do, at=body.at)

    @router.post("/{label}/reverse", summary="Take the last word on a unit back")
    def reverse_(request: Request, label: str, body: WordBack) -> Response:
        """A supervisor's word, or a name; refused once something else used the unit."""

        def do(act: Act) -> Answer:
            calls.scope(request, act.conn).act_at(units.place_of(act.conn, label))
            return units.take_back(act, label, body)

        return calls.command(request, do, at=body.at)

    return router
