"""Exceptions, the audit, and who may join."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from app.domain.clock import to_text
from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Answer, Calls, caller_of
from sync.central.api.records import Cursor, Limit
from sync.central.audit import audit_connection, balances_document
from sync.central.centre import Centre
from sync.central.commands.catalogue import require_site
from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import NewEnrolmentCode, Resolution
from sync.central.store import governed, security_notes
from sync.central.store.act import Act
from sync.central.store.case_listing import Which, exceptions, one_exception
from sync.central.store.case_rights import require_right, require_shown, visible
from sync.central.store.enrolment import issue_code
from sync.central.store.scope import Scope

_CODE_BYTES = 16


def govern_router(centre: Centre, calls: Calls) -> APIRouter:
    """What people look after and how the centre proves itself."""
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

    @router.get("/audit/acts", summary="Who let whom join, call or approve")
    def acts_(cursor: Cursor = None, limit: Limit = 100) -> Response:
        """What administrators did here, oldest first; each is an event of the centre's own chain."""
        return calls.query(lambda conn: governed.acts(conn, cursor, limit))

    @router.get("/audit/security", summary="What was refused to whom, and who was let in")
    def security_(cursor: Cursor = None, limit: Limit = 100) -> Response:
        """The newest first, one row for what one source met with in one minute; kept a year.

        Unknown tokens and signatures, acts that a role or a site forbids, wrong enrolment codes, and whoever
        asked too often; tokens made and ended, and stations that joined. `source` tells addresses apart
        without naming them. The first page also has what is not on record yet, of this process and minute.
        """

        def ask(conn: Connection) -> Answer:
            found = security_notes.listing(conn, cursor, limit)
            if cursor is None:
                found["under_way"] = [met.to_json() for met in centre.refusals.under_way()]
            return found

        return calls.query(ask)

    @router.get("/audit", summary="Check every law over the whole ledger")
    def audit_() -> Response:
        """Reads everything: seconds to minutes on a large ledger."""
        return calls.query(lambda conn: audit_connection(conn).to_json())

    @router.get("/audit/stations/{station_id}/balances", summary="A station's moves as the centre has them")
    def station_balances_(station_id: str) -> Response:
        """The fold of that station's posted moves, for comparing with its own."""
        return calls.query(lambda conn: balances_document(conn, station_id))

    @router.post("/enrolment-codes", summary="Let a station join once", status_code=201)
    def enrolment_code_(request: Request, body: NewEnrolmentCode) -> Response:
        """The code is shown once and expires soon."""
        do = partial(_let_join, centre, body)
        return calls.command(request, do, status=201, secret=True, within=lambda scope: scope.act(body.site))

    return router


def _let_join(centre: Centre, body: NewEnrolmentCode, act: Act) -> dict[str, object]:
    require_site(act.conn, body.site)
    issued = issue_code(
        act.conn,
        centre.ids.secret(_CODE_BYTES),
        name=body.name,
        site=body.site,
        owner=body.owner,
        now=act.posted_at,
        life=timedelta(minutes=centre.settings.enrolment_minutes),
    )
    governed.record(act, governed.Deed.STATION_INVITED, f"site:{body.site}", name=body.name, owner=body.owner)
    return {"code": issued.code, "expires": to_text(issued.expires_at)}
