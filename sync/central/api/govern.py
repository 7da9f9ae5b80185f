"""Exceptions, the audit, and who may join or call."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from app.domain.clock import to_text
from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Calls
from sync.central.api.records import Cursor, Limit
from sync.central.audit import audit_connection, balances_document
from sync.central.centre import Centre
from sync.central.commands.catalogue import require_site
from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import NewEnrolmentCode, NewToken, Resolution
from sync.central.rules.scope import may_give, outside
from sync.central.store.act import Act
from sync.central.store.case_listing import Which, exceptions, one_exception
from sync.central.store.enrolment import issue_code
from sync.central.tokens import TOKEN_BYTES, create, principal_of

_CODE_BYTES = 16


def govern_router(centre: Centre, calls: Calls) -> APIRouter:
    """What people look after and how the centre proves itself."""
    router = APIRouter(prefix="/v1", tags=["govern"], route_class=calls.route)

    @router.get("/exceptions", summary="What does not fit")
    def exceptions_(
        state: Annotated[Literal["open", "resolved"] | None, Query()] = None,
        overdue: Annotated[bool | None, Query()] = None,
        order: Annotated[Literal["age", "money", "due"], Query()] = "age",
        *,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Oldest first, or by money at risk or by when they are due; one for each thing."""
        which = Which(state, overdue, order)
        return calls.query(lambda conn: exceptions(conn, which, centre.clock.now(), cursor, limit))

    @router.get("/exceptions/{number}", summary="One exception and all that was said about it")
    def exception_(number: Annotated[int, Path(ge=1, le=EXACT_MAX)]) -> Response:
        """What was said each time that it was over stays, whether or not it was found anew since."""
        return calls.query(lambda conn: one_exception(conn, number, centre.clock.now()))

    @router.post("/exceptions/{number}/resolve", summary="Say what was done about an exception")
    def resolve_(
        request: Request, number: Annotated[int, Path(ge=1, le=EXACT_MAX)], body: Resolution
    ) -> Response:
        """Closes it with a note, which is an event; found again it opens again, and the note stays."""
        return calls.command(request, lambda act: resolve(act, number, body))

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

    @router.post("/tokens", summary="Make a token", status_code=201)
    def token_(request: Request, body: NewToken) -> Response:
        """The token is shown once; only its SHA-256 is stored. For all sites, or for those that are named."""

        def do(act: Act) -> dict[str, object]:
            given = frozenset(body.sites) if body.sites is not None else None
            own = calls.scope(request, act.conn).sites
            if not may_give(own, given):
                raise outside(own, next(iter(sorted((given or frozenset()) - (own or frozenset()))), None))
            return _token(centre, body, act)

        return calls.command(request, do, status=201, secret=True)

    return router


def _token(centre: Centre, body: NewToken, act: Act) -> dict[str, object]:
    text = create(
        act.conn,
        centre.ids.secret(TOKEN_BYTES),
        role=body.role,
        name=body.name,
        now=act.posted_at,
        sites=body.sites,
        person=body.person,
    )
    whose = principal_of(act.conn, text)
    return {
        "token": text,
        "role": body.role,
        "name": body.name,
        "person": whose.person if whose else body.name,
        "sites": body.sites,
    }


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
    return {"code": issued.code, "expires": to_text(issued.expires_at)}
