"""The stations' routes: enrolment, hello, events, changes. Every request but the first is signed.

Bodies are read raw, because signatures cover bytes. A refusal never means that an event is to be dropped.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from app.domain.feed import Cursor, Page
from sync.central.api.problem import name
from sync.central.api.signed import FENCED, SignedDesk, any_object, read_body, require_open
from sync.central.centre import STATION_BURST_S, Centre
from sync.central.rules.rate import Buckets
from sync.central.rules.strangers import Strangers, network_of
from sync.central.store import site_stock
from sync.central.store.approval_keys import issuer_of
from sync.central.store.approvers import renew as renew_certificates
from sync.central.store.approvers import renewable
from sync.central.store.enrolment import Station, enrol, was_given
from sync.central.store.pages import page_after
from sync.central.store.recalled import recall
from sync.central.store.receipt import receive, welcome
from sync.central.store.renewing import holds, renew
from sync.wire import codec, signatures
from sync.wire.answers import Answer, Retry
from sync.wire.messages import Enrol, Enrolled, Hello, Push, Verdict, Welcome
from sync.wire.protocol import MAX_BATCH, MAX_CHANGES, MAX_EVENTS
from sync.wire.renewals import Holds, Offer, Renew, Renewed


def sync_router(centre: Centre) -> APIRouter:
    """What stations and the centre say to each other."""
    router = APIRouter(prefix="/v1/sync", tags=["sync"])
    desk = _Desk(centre)

    @router.post("/enrol", summary="Join with a one-time code", openapi_extra=any_object())
    async def enrol_(request: Request) -> Response:
        """The code is the authority; asked again by the same station, the answer is the same."""
        source = network_of(request.client.host if request.client else "")
        return await desk.answer(request, lambda asked: desk.enrol(asked, source))

    @router.post("/hello", summary="Open a session", openapi_extra=any_object())
    async def hello_(request: Request) -> Response:
        """Compares the station's chain with what the centre holds of it."""

        def greet(asked: signatures.Request) -> Welcome:
            said = desk.hello(asked, partial(name, request))
            if said.verdict is Verdict.FENCED:
                # It is told in an answer of its own kind, and has to stand on record like any refusal.
                request.state.refused = FENCED
            return said

        return await desk.answer(request, greet)

    @router.post("/events", summary="Hand over events", openapi_extra=any_object())
    async def events_(request: Request) -> Response:
        """Stored, posted and confirmed by the hash of the last one; a batch sent twice counts once."""
        return await desk.answer(request, desk.events)

    @router.post("/renew", summary="Begin a new epoch", openapi_extra=any_object())
    async def renew_(request: Request) -> Response:
        """For a station that was copied or restored, or meets a restored centre; opens one exception.

        Asked again with the same token, the answer is the same.
        """
        return await desk.answer(request, desk.renew)

    @router.post("/holds", summary="Ask which events are here", openapi_extra=any_object())
    async def holds_(request: Request) -> Response:
        """Which of some of the station's own events the centre holds as they are; the others go again."""
        return await desk.answer(request, desk.holds)

    @router.get("/changes", summary="Fetch what changed")
    async def changes_(
        request: Request,
        gen: Annotated[int, Query(ge=0)],
        pos: Annotated[int, Query(ge=0)],
        limit: Annotated[int, Query(ge=1, le=MAX_CHANGES)] = MAX_CHANGES,
        stock: Annotated[str | None, Query(max_length=site_stock.LONGEST)] = None,
    ) -> Response:
        """Whole commits after a position, in commit order.

        With `stock`, also what changed of the stock of the station's own site since the page that answered
        with it; empty for all of it.
        """
        return await desk.answer(request, lambda asked: desk.changes(asked, Cursor(gen, pos), limit, stock))

    return router


class _Desk(SignedDesk):
    """What stations say and are told about events."""

    def __init__(self, centre: Centre) -> None:
        super().__init__(centre)
        self._buckets = Buckets(centre.settings.station_rate, STATION_BURST_S)
        self._strangers = Strangers("enrol")

    def enrol(self, asked: signatures.Request, source: str) -> Enrolled:
        """Nobody signs yet: the one-time code stands for the administrator's word, and may not be guessed."""
        message = Enrol.from_json(read_body(asked, "enrolment"))
        with self._centre.database.read() as conn:
            given = was_given(conn, message.code)
        if not given:
            # Before the writer is asked, whom everybody waits for.
            self._strangers.wrong(source, self._centre.clock.monotonic_ms())
        with self._centre.database.write() as conn:
            return enrol(conn, message, self._centre.clock.now())

    def hello(self, asked: signatures.Request, told: Callable[[str], None]) -> Welcome:
        """The centre's head of the station's chain, and what follows from it; `told` hears who asks."""
        caller = self.caller(asked)
        told(caller.station_id)
        hello = Hello.from_json(read_body(asked, "hello"))
        said = self.signed(
            caller, lambda conn, station: welcome(conn, station, hello, self._centre.clock.now())
        )
        return replace(said, digest=True)

    def renew(self, asked: signatures.Request) -> Renewed:
        """The station's next epoch."""
        caller = self.caller(asked)
        question = Renew.from_json(read_body(asked, "renewal"))

        def begin(conn: Connection, station: Station) -> Renewed:
            require_open(station)
            now = self._centre.clock.now()
            if question.revocations is not None:
                issuer = issuer_of(conn, self._centre.policy_key)
                recall(conn, issuer, question.revocations, station.head.station_id, now)
            return renew(conn, station, question, now)

        return self.signed(caller, begin)

    def holds(self, asked: signatures.Request) -> Holds:
        """What the centre has of what is offered."""
        caller = self.caller(asked)
        offer = Offer.from_json(read_body(asked, "offer"))
        station = self.signed(caller, lambda _, station: station)
        require_open(station)
        with self._centre.database.read() as conn:
            return holds(conn, station.head.station_id, offer)

    def events(self, asked: signatures.Request) -> Answer:
        """Takes a batch within its limits; a station that floods the centre is told when to come back."""
        caller = self.caller(asked)
        push = Push.from_json(read_body(asked, "events"))
        if len(push.events) > MAX_EVENTS or sum(event.size for event in push.events) > MAX_BATCH:
            raise codec.too_large(MAX_BATCH)

        def take(conn: Connection, station: Station) -> Answer:
            # Only here the request is known to be no copy of another: copies take nothing out of the bucket.
            now_ms = self._centre.clock.monotonic_ms()
            wait_s = self._buckets.take(caller.station_id, now_ms, max(1, len(push.events)))
            if wait_s > 0:
                return Retry(math.ceil(wait_s))
            return receive(conn, station, push, self._centre.clock.now(), self._centre.chain)

        return self.signed(caller, take)

    def changes(self, asked: signatures.Request, cursor: Cursor, limit: int, stock: str | None) -> Page:
        """The feed is read beside the writer, after the nonce was used up and certificates were renewed."""
        station = self.signed(self.caller(asked), self._certified)
        require_open(station)
        with self._centre.database.read() as conn:
            site = site_stock.site_of(conn, station.head.station_id)
            page = page_after(conn, cursor, limit, site=site)
            if stock is None:
                return page
            # Of a feed that began anew, so does the stock.
            since = stock if page.gen == cursor.gen else ""
            return replace(page, stock=site_stock.page_of(conn, station.head.station_id, since))

    def _certified(self, conn: Connection, station: Station) -> Station:
        """The station; approvers of its site whose certificates are a day old have new ones."""
        now = self._centre.clock.now()
        # Stations ask every second or so, and approvers are due once a day: the key is looked at only then.
        if not station.fenced and renewable(conn, station.site, now):
            renew_certificates(conn, issuer_of(conn, self._centre.policy_key), station.site, now)
        return station
