"""The audit, the records of who did what, and who may join."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from app.domain.clock import to_text
from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Cursor, Limit
from sync.central.audit import audit_connection, balances_document
from sync.central.centre import Centre
from sync.central.commands.catalogue import require_site
from sync.central.commands.requests import NewEnrolmentCode
from sync.central.store import governed, security_notes
from sync.central.store.act import Act
from sync.central.store.enrolment import issue_code

_CODE_BYTES = 16


def govern_router(centre: Centre, calls: Calls) -> APIRouter:
    """How the centre proves itself, and who is let in."""
    router = APIRouter(prefix="/v1", tags=["govern"], route_class=calls.route)

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
