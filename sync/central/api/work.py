"""Work orders: what is to be done with units in refurbish stock, by whom and until when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy import Connection

from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.centre import Centre
from sync.central.commands import work, work_ends
from sync.central.commands.work_asked import (
    StepDone,
    WorkFinished,
    WorkGivenUp,
    WorkOpened,
    WorkStarted,
    WorkUndone,
)
from sync.central.rules.work import WorkState
from sync.central.store import work_orders
from sync.central.store.act import Act
from sync.central.store.scope import Scope

_Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
_Named = Annotated[_Name | None, Query()]


def work_router(centre: Centre, calls: Calls) -> APIRouter:
    """Units that are made fit again, step by step."""
    router = APIRouter(prefix="/v1/work-orders", tags=["work"], route_class=calls.route)

    @router.get("", summary="Work orders, what is due first at first")
    def listed_(
        request: Request,
        *,
        state: Annotated[WorkState | None, Query()] = None,
        site: _Named = None,
        owner: _Named = None,
        overdue: Annotated[bool | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Without a state those that wait or are under way; `owner` is whose turn it is."""
        wanted = work_orders.Wanted(state, site, owner, overdue)
        return calls.scoped(
            request,
            lambda conn, scope: work_orders.listed(
                conn, wanted, cursor, limit, now=centre.clock.now(), sites=scope.sites
            ),
        )

    @router.post("", summary="Open a work order", status_code=201)
    def open_(request: Request, body: WorkOpened) -> Response:
        """For units in refurbish stock that have none, by the policy in force; others open by themselves."""

        def do(act: Act) -> Answer:
            calls.scope(request, act.conn).act_at(work.place_of(act.conn, body))
            return work.open_work(act, body)

        return calls.command(request, do, at=body.at, status=201)

    @router.get("/{code}", summary="One work order with its steps")
    def one_(request: Request, code: str) -> Response:
        """Whose turn it is since when, what each step took and cost, who did it, and how it ended."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            scope.work(code)
            return work_orders.document(conn, code, centre.clock.now())

        return calls.scoped(request, ask)

    _steps(router, calls)
    return router


def _steps(router: APIRouter, calls: Calls) -> None:
    @router.post("/{code}/start", summary="Begin the work")
    def start_(request: Request, code: str, body: WorkStarted) -> Response:
        """The first step that is recorded begins it, too."""
        return calls.command(
            request,
            lambda act: work.start(act, code, body),
            at=body.at,
            within=lambda scope: scope.work(code),
        )

    @router.post("/{code}/step", summary="Record a step")
    def step_(request: Request, code: str, body: StepDone) -> Response:
        """Done, left out where the policy has a grade without it, or failed: then the unit is given up."""
        return calls.command(
            request,
            lambda act: work.step(act, code, body),
            at=body.at,
            within=lambda scope: scope.work(code),
        )

    @router.post("/{code}/finish", summary="Finish the work")
    def finish_(request: Request, code: str, body: WorkFinished) -> Response:
        """The rules decide about the unit anew; it moves, parts are used up, the cost is booked at once."""
        return calls.command(
            request,
            lambda act: work_ends.finish(act, code, body),
            at=body.at,
            within=lambda scope: scope.work(code),
        )

    @router.post("/{code}/give-up", summary="Give the unit up")
    def give_up_(request: Request, code: str, body: WorkGivenUp) -> Response:
        """It goes where its work says; a write-off is asked for where that is what follows."""
        return calls.command(
            request,
            lambda act: work_ends.give_up(act, code, body),
            at=body.at,
            within=lambda scope: scope.work(code),
        )

    @router.post("/{code}/undo", summary="Take an end back")
    def undo_(request: Request, code: str, body: WorkUndone) -> Response:
        """A counter-event: unit, parts and entry are back, and the order is where it was before its end."""
        return calls.command(
            request,
            lambda act: work_ends.undo_end(act, code, body),
            at=body.at,
            within=lambda scope: scope.work(code),
        )
