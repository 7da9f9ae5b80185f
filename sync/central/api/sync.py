"""The stations' routes: enrolment, hello, events, changes. Every request but the first is signed.

Bodies are read raw, because signatures cover bytes. A refusal never means that an event is to be dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app.domain.clock import to_text
from app.domain.feed import Cursor, Page
from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.central.api.problem import problem, refusal
from sync.central.centre import Centre
from sync.central.rules.outcomes import Forbidden
from sync.central.store.approval_keys import issuer_of
from sync.central.store.approvers import renew
from sync.central.store.enrolment import Station, enrol, find_station, lock_station, take_nonce
from sync.central.store.pages import for_site, page_after
from sync.central.store.receipt import receive, welcome
from sync.wire import codec, signatures
from sync.wire.answers import Answer
from sync.wire.messages import Enrol, Enrolled, Hello, Push, Welcome
from sync.wire.protocol import MAX_BATCH, MAX_BODY, MAX_CHANGES, MAX_EVENTS

_UNAUTHENTICATED = 401
_TOO_LARGE = 413
_UNPROVEN = frozenset(
    {"request.unsigned", "request.changed", "request.stranger", "request.replayed", signatures.STALE}
)
_ANY_OBJECT: dict[str, object] = {
    "requestBody": {"required": True, "content": {codec.JSON_TYPE: {"schema": {"type": "object"}}}}
}

Said = Enrolled | Welcome | Answer | Page
T = TypeVar("T")


def sync_router(centre: Centre) -> APIRouter:
    """What stations and the centre say to each other."""
    router = APIRouter(prefix="/v1/sync", tags=["sync"])
    desk = _Desk(centre)

    @router.post("/enrol", summary="Join with a one-time code", openapi_extra=_ANY_OBJECT)
    async def enrol_(request: Request) -> Response:
        """The code is the authority; asked again by the same station, the answer is the same."""
        return await desk.answer(request, desk.enrol)

    @router.post("/hello", summary="Open a session", openapi_extra=_ANY_OBJECT)
    async def hello_(request: Request) -> Response:
        """Compares the station's chain with what the centre holds of it."""
        return await desk.answer(request, desk.hello)

    @router.post("/events", summary="Hand over events", openapi_extra=_ANY_OBJECT)
    async def events_(request: Request) -> Response:
        """Stored, posted and confirmed by the hash of the last one; a batch sent twice counts once."""
        return await desk.answer(request, desk.events)

    @router.get("/changes", summary="Fetch what changed")
    async def changes_(
        request: Request,
        gen: Annotated[int, Query(ge=0)],
        pos: Annotated[int, Query(ge=0)],
        limit: Annotated[int, Query(ge=1, le=MAX_CHANGES)] = MAX_CHANGES,
    ) -> Response:
        """Whole commits after a position, in commit order."""
        return await desk.answer(request, lambda asked: desk.changes(asked, Cursor(gen, pos), limit))

    return router


class _Desk:
    """Answers one centre's stations; each answer is made in a worker thread."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    async def answer(self, request: Request, make: Callable[[signatures.Request], Said]) -> Response:
        """Reads the request whole, makes the answer, and says it or why not."""
        asked = signatures.Request(
            method=request.method,
            url=str(request.url),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
        try:
            said = await run_in_threadpool(make, asked)
        except codec.TooLarge as no:
            return problem(_TOO_LARGE, no.code, no.read, detail=str(no))
        except Refused as no:
            if no.code not in _UNPROVEN:
                return refusal(no)
            now = to_text(self._centre.clock.now())
            return problem(_UNAUTHENTICATED, no.code, no.read, detail=str(no), time=now)
        body, headers = codec.encode(said.to_json()), dict[str, str]()
        if "gzip" in asked.headers.get("accept-encoding", ""):
            body, headers = codec.pack(body)
        return Response(body, headers=headers, media_type=codec.JSON_TYPE)

    def enrol(self, asked: signatures.Request) -> Enrolled:
        """Nobody signs yet: the one-time code stands for the administrator's word."""
        message = Enrol.from_json(_read(asked, "enrolment"))
        with self._centre.database.write() as conn:
            return enrol(conn, message, self._centre.clock.now())

    def hello(self, asked: signatures.Request) -> Welcome:
        """The centre's head of the station's chain, and what follows from it."""
        caller = self._caller(asked)
        hello = Hello.from_json(_read(asked, "hello"))
        return self._signed(
            caller, lambda conn, station: welcome(conn, station, hello, self._centre.clock.now())
        )

    def events(self, asked: signatures.Request) -> Answer:
        """Takes a batch within its limits."""
        caller = self._caller(asked)
        push = Push.from_json(_read(asked, "events"))
        if len(push.events) > MAX_EVENTS or sum(event.size for event in push.events) > MAX_BATCH:
            raise codec.too_large(MAX_BATCH)
        return self._signed(
            caller,
            lambda conn, station: receive(conn, station, push, self._centre.clock.now(), self._centre.chain),
        )

    def changes(self, asked: signatures.Request, cursor: Cursor, limit: int) -> Page:
        """The feed is read beside the writer, after the nonce was used up and certificates were renewed."""
        station = self._signed(self._caller(asked), self._certified)
        if station.fenced:
            raise Forbidden(
                "station.fenced",
                "Read a request of a station whose access is closed.",
                "Expected a station that is enrolled and not shut out.",
                "Ask the administrator.",
            )
        with self._centre.database.read() as conn:
            return for_site(page_after(conn, cursor, limit), station.site)

    def _certified(self, conn: Connection, station: Station) -> Station:
        """The station; approvers of its site whose certificates are a day old have new ones."""
        if not station.fenced:
            issuer = issuer_of(conn, self._centre.policy_key)
            renew(conn, issuer, station.site, self._centre.clock.now())
        return station

    def _caller(self, asked: signatures.Request) -> signatures.Caller:
        """Who signed; proven beside the writer, so that strangers never keep it busy."""

        def key_of(station_id: str) -> bytes | None:
            with self._centre.database.read() as conn:
                found = find_station(conn, station_id)
            return found.public_key if found is not None else None

        return signatures.verify(asked, key_of, self._centre.clock.now())

    def _signed(self, caller: signatures.Caller, do: Callable[[Connection, Station], T]) -> T:
        """Uses up the nonce and does the work in one transaction, with the station's row locked."""
        with self._centre.database.write() as conn:
            take_nonce(conn, caller, self._centre.clock.now())
            return do(conn, lock_station(conn, caller.station_id))


def _read(asked: signatures.Request, what: str) -> Fields:
    encoding = asked.headers.get("content-encoding", "")
    return codec.decode(codec.unpack(asked.body, encoding, MAX_BODY), what)
