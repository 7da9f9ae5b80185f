"""Who may call: tokens are made, listed and ended, each act on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Connection

from app.domain.clock import to_text
from sync.central.api.calls import Answer, Calls
from sync.central.centre import Centre
from sync.central.commands.requests import NewToken
from sync.central.rules.outcomes import missing
from sync.central.rules.scope import Sites, may_give, outside
from sync.central.store.act import Act
from sync.central.store.governed import Deed, record
from sync.central.store.scope import Scope
from sync.central.tokens import TOKEN_BYTES, Principal, create, listing, principal_of, revoke

Name = Annotated[str, Path(min_length=1, max_length=80)]


def tokens_router(centre: Centre, calls: Calls) -> APIRouter:
    """Bearer tokens."""
    router = APIRouter(prefix="/v1", tags=["govern"], route_class=calls.route)

    @router.post("/tokens", summary="Make a token", status_code=201)
    def token_(request: Request, body: NewToken) -> Response:
        """The token is shown once; only its SHA-256 is stored. For all sites, or for those that are named."""

        def do(act: Act) -> dict[str, object]:
            given = frozenset(body.sites) if body.sites is not None else None
            own = calls.scope(request, act.conn).sites
            _hold(own, given)
            return _made(centre, body, act)

        return calls.command(request, do, status=201, secret=True)

    @router.get("/tokens", summary="All tokens, without their secrets")
    def tokens_(request: Request) -> Response:
        """Oldest first, ended ones too; those that reach no further than the caller's own."""

        def ask(conn: Connection, scope: Scope) -> Answer:
            return {
                "tokens": [found.to_json() for found in listing(conn) if may_give(scope.sites, found.sites)]
            }

        return calls.scoped(request, ask)

    @router.post("/tokens/{name}/end", summary="End a token at once")
    def end_(request: Request, name: Name) -> Response:
        """Whoever holds it is let in no more."""

        def do(act: Act) -> Answer:
            own = calls.scope(request, act.conn).sites
            live = [one for one in listing(act.conn) if one.name == name and one.revoked_at is None]
            if not live:
                raise missing("token", name)
            _hold(own, live[0].sites)
            return _ended(act, name)

        return calls.command(request, do)

    @router.post("/sign-out", summary="End the token that this is sent with")
    def sign_out_(request: Request) -> Response:
        """For whoever leaves a computer that others use."""
        principal: Principal = request.state.principal
        return calls.command(request, lambda act: _ended(act, principal.name))

    return router


def _hold(own: Sites, given: Sites) -> None:
    """Refuses a token that reaches further than the caller's own."""
    if not may_give(own, given):
        raise outside(own, next(iter(sorted((given or frozenset()) - (own or frozenset()))), None))


def _ended(act: Act, name: str) -> dict[str, object]:
    revoke(act.conn, name, act.posted_at)
    record(act, Deed.TOKEN_ENDED, f"token:{name}")
    return {"name": name, "state": "ended"}


def _made(centre: Centre, body: NewToken, act: Act) -> dict[str, object]:
    until = act.posted_at + timedelta(days=body.days) if body.days is not None else None
    text = create(
        act.conn,
        centre.ids.secret(TOKEN_BYTES),
        role=body.role,
        name=body.name,
        now=act.posted_at,
        sites=body.sites,
        person=body.person,
        until=until,
        by=act.operator,
    )
    whose = principal_of(act.conn, text, act.posted_at)
    given: dict[str, object] = {
        "person": whose.person if whose else body.name,
        "role": body.role,
        "sites": sorted(set(body.sites)) if body.sites is not None else None,
        "expires_at": to_text(until) if until is not None else None,
    }
    record(act, Deed.TOKEN_MADE, f"token:{body.name}", given=given)
    return {"token": text, "name": body.name, **given}
