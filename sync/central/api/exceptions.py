"""Exceptions: what does not fit, shown to whose sites it is at, and resolved by who answers for it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Answer, Calls, caller_of
from sync.central.api.records import Cursor, Limit
from sync.central.centre import Centre
from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.store.act import Act
from sync.central.store.case_listing import Which, exceptions, one_exception
from sync.central.store.case_rights import require_right, require_shown, visible
from sync.central.store.scope import Scope


def exceptions_router(centre: Centre, calls: Calls) -> APIRouter:
    """What people look after."""
    router = APIRouter(prefix="/v1", tags=["govern"], route_class=calls.route)

    @router.get("/exceptions", summary="What does not fit")
    def exceptions_(
        request: Request,
        state: Annotated[Literal["open", "resolved"] | None, Query()] = None,
        overdue: Annotated[bool | None, Query()] = None,
        order: Annotated[Literal["age", "money", "due"], Query()] = "age",
        *,
        site: Annotated[str | None, Query(min_length=1, max_length=80)] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Oldest first, or by money at risk or by when they are due; one for each thing.

        A token of some sites is shown theirs, and of the whole business's those that its role answers for.
        """
        caller = caller_of(request)
        among = visible(caller.sites, caller.role)
        which = Which(state, overdue, order, site, among)

        def ask(conn: Connection, scope: Scope) -> Answer:
            scope.see(site)
            return exceptions(conn, which, centre.clock.now(), cursor, limit)

        return calls.scoped(request, ask)

    @router.get("/exceptions/{number}", summary="One exception and all that was said about it")
    def exception_(request: Request, number: Annotated[int, Path(ge=1, le=EXACT_MAX)]) -> Response:
        """What was said each time that it was over stays, whether or not it was found anew since."""
        caller = caller_of(request)

        def ask(conn: Connection) -> Answer:
            require_shown(conn, number, caller.sites, caller.role)
            return one_exception(conn, number, centre.clock.now())

        return calls.query(ask)

    @router.post("/exceptions/{number}/resolve", summary="Say what was done about an exception")
    def resolve_(
        request: Request, number: Annotated[int, Path(ge=1, le=EXACT_MAX)], body: Resolution
    ) -> Response:
        """Closes it with a note, which is an event; found again it opens again, and the note stays.

        For the role that answers for it and those above, at its site; of approvals, for whoever had no part.
        """
        caller = caller_of(request)

        def do(act: Act) -> Answer:
            require_right(act.conn, number, caller.sites, caller.role, caller.person)
            return resolve(act, number, body)

        return calls.command(request, do)

    return router
