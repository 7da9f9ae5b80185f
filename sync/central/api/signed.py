"""Requests that stations sign: read whole, proven, each nonce used once, answered in our words.

Every answer says what its own bytes are.

Bodies are read raw, because signatures cover bytes. A refusal never means that anything is to be dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from fastapi import Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from app.domain.clock import to_text
from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.central.api.problem import mark, name, problem, refusal
from sync.central.centre import Centre
from sync.central.photo_folder import NoRoom
from sync.central.rules.outcomes import Forbidden
from sync.central.store.enrolment import Station, find_station, lock_station, take_nonce
from sync.wire import codec, digests, signatures
from sync.wire.protocol import MAX_BODY

_UNAUTHENTICATED, _TOO_LARGE, _NO_ROOM = 401, 413, 507
_UNPROVEN = frozenset(
    {"request.unsigned", "request.changed", "request.stranger", "request.replayed", signatures.STALE}
)
FENCED = "station.fenced"
T = TypeVar("T")


class Said(Protocol):
    """What is answered: a value with one JSON form."""

    def to_json(self) -> dict[str, object]:
        """The wire form."""


class SignedDesk:
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
        except Refused as no:
            if isinstance(no, Forbidden):
                name(request, no.who)
            mark(request, no, always=no.code in _UNPROVEN)
            return _proven(self._no(no))
        except NoRoom as full:
            no_room = problem(
                _NO_ROOM, "attachment.no_room", str(full), do="Keep it and send it again later."
            )
            return _proven(no_room)
        body, headers = codec.encode(said.to_json()), dict[str, str]()
        sent = body
        if "gzip" in asked.headers.get("accept-encoding", ""):
            sent, headers = codec.pack(body)
        return Response(sent, headers=headers | digests.said_of(sent, body), media_type=codec.JSON_TYPE)

    def _no(self, no: Refused) -> Response:
        if isinstance(no, codec.TooLarge):
            return problem(_TOO_LARGE, no.code, no.read, detail=str(no))
        if no.code not in _UNPROVEN:
            return refusal(no)
        now = to_text(self._centre.clock.now())
        return problem(_UNAUTHENTICATED, no.code, no.read, detail=str(no), time=now)

    def caller(self, asked: signatures.Request) -> signatures.Caller:
        """Who signed; proven beside the writer, so that strangers never keep it busy."""

        def key_of(station_id: str) -> bytes | None:
            with self._centre.database.read() as conn:
                found = find_station(conn, station_id)
            return found.public_key if found is not None else None

        return signatures.verify(asked, key_of, self._centre.clock.now())

    def signed(self, caller: signatures.Caller, do: Callable[[Connection, Station], T]) -> T:
        """Uses up the nonce and does the work in one transaction, with the station's row locked."""
        with self._centre.database.write() as conn:
            take_nonce(conn, caller, self._centre.clock.now())
            return do(conn, lock_station(conn, caller.station_id))


def _proven(answer: Response) -> Response:
    answer.headers.update(digests.said_of(bytes(answer.body), bytes(answer.body)))
    return answer


def require_open(station: Station) -> None:
    """Refuses a station that was shut out.

    Raises:
        Forbidden: `station.fenced`.
    """
    if station.fenced:
        no = Forbidden(
            FENCED,
            "Read a request of a station whose access is closed.",
            "Expected a station that is enrolled and not shut out.",
            "Ask the administrator.",
        )
        no.who = station.head.station_id
        raise no


def read_body(asked: signatures.Request, what: str) -> Fields:
    """The object that a body holds; `what` names the message in refusals."""
    encoding = asked.headers.get("content-encoding", "")
    return codec.decode(codec.unpack(asked.body, encoding, MAX_BODY), what)


def any_object() -> dict[str, object]:
    """How a route that reads its body raw describes it."""
    return {"requestBody": {"required": True, "content": {codec.JSON_TYPE: {"schema": {"type": "object"}}}}}
