"""How a route reaches the ledger: who calls, one transaction a command, one answer for one key.

A route that names a site or a location holds it against the caller's sites: a command by
`within=lambda scope: scope.act_at(body.location)` (or `scope.act(body.site)`), a look by
`calls.scope(request, conn).see(site)` inside what it asks; see `sync.central.store.scope`, and
`sync.central.rules.sited` for the table in which each route says that it does. Records that
several people edit are shown by `shared` and changed by a command with `current`; see
`sync.central.api.etag`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import Connection, bindparam, select
from starlette.concurrency import run_in_threadpool

from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.api.body import Body, refuse_unsayable
from sync.central.api.etag import names, refuse_match, require_match, tag_of
from sync.central.api.problem import PROBLEM_TYPE, declined_body, name
from sync.central.centre import Centre
from sync.central.rules.access import Open, allowed
from sync.central.rules.outcomes import Conflict, Declined, Forbidden, Missing, TooMany, Unauthenticated
from sync.central.rules.ownership import Speaker
from sync.central.rules.rate import Buckets
from sync.central.rules.sited import require_whole
from sync.central.rules.strangers import Strangers, network_of
from sync.central.store.act import Act
from sync.central.store.prepared import asking, inserting
from sync.central.store.scope import Scope
from sync.central.store.tables import idempotency
from sync.central.tokens import Principal, principal_of

Answer = Mapping[str, object]
T = TypeVar("T")
_JSON = "application/json"
_LONGEST_KEY = 200
_DECLINED = 409
_UNCHANGED = 304


class Calls:
    """Commands and queries of one centre."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._buckets = Buckets(centre.settings.rate)
        self._strangers = Strangers("token")

    @property
    def route(self) -> type[APIRoute]:
        """The class of routes that ask who calls before they read what was sent."""
        calls = self

        class Asked(APIRoute):
            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                handle = super().get_route_handler()

                async def first_who(request: Request) -> Response:
                    await calls.known(request)
                    asked = Body(request.scope, request.receive)
                    await asked.judge()
                    return await handle(asked)

                return first_who

        return Asked

    async def known(self, request: Request) -> None:
        """Authorises a request once, wherever that is asked for first."""
        if not hasattr(request.state, "principal"):
            await run_in_threadpool(self.authorise, request)
            refuse_unsayable(request)

    async def fingerprint(self, request: Request) -> None:
        """Takes the digest of what was asked, for comparing a repeated key."""
        asked = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
        asked.update(await request.body())
        request.state.digest = asked.hexdigest()

    def authorise(self, request: Request) -> None:
        """Lets through whom the table of routes allows; everybody else is refused before anything is read."""
        path = request.scope["route"].path
        who = allowed(request.method, path)
        if isinstance(who, Open):
            request.state.principal = None
            return
        principal = self._holder(request)
        name(request, principal.name)
        self._not_too_often(principal)
        if principal.role not in who:
            raise Forbidden(
                "token.role",
                f"Read a token of the role {principal.role}.",
                f"Expected {', '.join(sorted(who)) or 'nobody'}.",
                "Ask somebody in that role.",
            )
        require_whole(request.method, path, principal.sites)
        request.state.principal = principal

    def _holder(self, request: Request) -> Principal:
        """Who holds the token that a request comes with."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        principal = None
        if scheme.lower() == "bearer" and text:
            with self._centre.database.read() as conn:
                principal = principal_of(conn, text, self._centre.clock.now())
            if principal is None:
                source = network_of(request.client.host if request.client else "")
                self._strangers.wrong(source, self._centre.clock.monotonic_ms())
        if principal is None:
            raise Unauthenticated(
                "token.unknown",
                "Read no valid token.",
                "Expected the header Authorization: Bearer with a token of this centre.",
                "Ask an admin for a token.",
            )
        return principal

    def _not_too_often(self, principal: Principal) -> None:
        wait_s = self._buckets.take(principal.name, self._centre.clock.monotonic_ms())
        if wait_s > 0:
            no = TooMany(
                "request.too_many",
                f"Read more than {self._centre.settings.rate} requests a second of one token.",
                "Expected fewer of them.",
                "Wait as long as Retry-After says, then send it again with the same Idempotency-Key.",
            )
            no.after_s = math.ceil(wait_s)
            raise no

    @staticmethod
    def scope(request: Request, conn: Connection) -> Scope:
        """What the caller may touch and see, inside one transaction or look."""
        principal: Principal = request.state.principal
        return Scope(conn, principal.sites)

    def query(self, ask: Callable[[Connection], Answer]) -> Response:
        """One consistent look."""
        with self._centre.database.read() as conn:
            return Response(_encode(ask(conn)), media_type=_JSON)

    def scoped(self, request: Request, ask: Callable[[Connection, Scope], Answer]) -> Response:
        """One consistent look that is held against the caller's sites."""
        return self.query(lambda conn: ask(conn, self.scope(request, conn)))

    def shared(
        self,
        request: Request,
        ask: Callable[[Connection], Answer],
        within: Callable[[Scope], None] | None = None,
    ) -> Response:
        """One look at a record that several people edit: with its tag, and 304 to whoever has it already.

        `within` refuses what lies outside the caller's sites.
        """
        with self._centre.database.read() as conn:
            if within is not None:
                within(self.scope(request, conn))
            body = _encode(ask(conn))
        headers = {"ETag": tag_of(body)}
        if names(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=_UNCHANGED, headers=headers)
        return Response(body, media_type=_JSON, headers=headers)

    def ahead(
        self, request: Request, ask: Callable[[Connection], T], within: Callable[[Scope], None]
    ) -> T | None:
        """What a command wants to have worked out before its transaction, in which every other one waits.

        The command holds it against what it finds. None when its key was used: nothing is to be worked out.

        Raises:
            Refused: the key is missing, or `within` refuses what lies outside the caller's sites.
        """
        principal: Principal = request.state.principal
        with self._centre.database.read() as conn:
            if _earlier.first(conn, who=principal.name, which=_key(request)) is not None:
                return None
            within(self.scope(request, conn))
            return ask(conn)

    def command(
        self,
        request: Request,
        do: Callable[[Act], Answer | Declined],
        *,
        at: datetime | None = None,
        status: int = 200,
        secret: bool = False,
        within: Callable[[Scope], None] | None = None,
        current: Callable[[Connection], Answer] | None = None,
    ) -> Response:
        """One transaction, once for each key: the same request again gets the first answer.

        A command that declines commits too: what it kept of its decision, and the answer.

        Args:
            request: the call, after `known` and `fingerprint`.
            do: the command.
            at: when it happened, by the caller; now when left out.
            status: of the answer.
            secret: the answer holds a secret: it is not stored, and a repeated key is refused.
            within: refuses what lies outside the caller's sites.
            current: the one record that is changed, as it is shown, for holding If-Match against it.

        Raises:
            Refused: the key is missing, or was used for another request.
            Stale: the record was changed since it was read.
        """
        key = _key(request)
        principal: Principal = request.state.principal
        now = self._centre.clock.now()
        with self._centre.database.write() as conn:
            earlier = _earlier.first(conn, who=principal.name, which=key)
            if earlier is not None:
                return _again(earlier.digest, earlier.status, earlier.response, request)
            if within is not None:
                within(self.scope(request, conn))
            _not_stale(request, conn, current)
            act = Act(conn, self._centre.chain, principal.person, f"request:{key}", at or now, now)
            done = do(act)
            if isinstance(done, Declined):
                status, answer = _DECLINED, declined_body(done)
            else:
                answer = _encode(done)
            _keep.one(
                conn,
                principal=principal.name,
                key=key,
                digest=request.state.digest,
                status=status,
                response=b"" if secret else answer,
                created_at=to_text(now),
            )
        return Response(answer, status, media_type=PROBLEM_TYPE if isinstance(done, Declined) else _JSON)


def caller_of(request: Request) -> Principal:
    """Who calls, after `known`."""
    caller: Principal = request.state.principal
    return caller


def speaker_of(request: Request) -> Speaker:
    """On whose word a record is written, after `known`."""
    principal = caller_of(request)
    return Speaker(principal.name, principal.role)


def _not_stale(request: Request, conn: Connection, current: Callable[[Connection], Answer] | None) -> None:
    """Holds If-Match, when there is one, against the record as it is now."""
    if current is None:
        refuse_match(request)
    elif "if-match" in request.headers:
        try:
            body = _encode(current(conn))
        except Missing:
            body = None
        require_match(request, body)


def _key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise Refused(
            "idempotency.missing",
            f"Read the Idempotency-Key {key[:40]!r}.",
            f"Expected 1 to {_LONGEST_KEY} printable signs, new for each command.",
            "Send the header; repeat it only to repeat the very same command.",
        )
    return key


def _again(digest: str, status: int, response: bytes, request: Request) -> Response:
    if digest != request.state.digest:
        raise Refused(
            "idempotency.reused",
            "Read an Idempotency-Key that was used for another command.",
            "Expected a new key for a new command.",
            "Send the command with a new key.",
        )
    if not response:
        raise Conflict(
            "idempotency.secret",
            "Read an Idempotency-Key whose answer was a secret.",
            "A secret is shown once and not stored.",
            "Make a new one with a new key.",
        )
    media = PROBLEM_TYPE if status == _DECLINED else _JSON
    return Response(response, status, media_type=media, headers={"Idempotency-Replayed": "true"})


def _encode(answer: Answer) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


_earlier = asking(
    lambda _: select(idempotency.c.digest, idempotency.c.status, idempotency.c.response).where(
        idempotency.c.principal == bindparam("who"), idempotency.c.key == bindparam("which")
    )
)
_keep = inserting(idempotency)
