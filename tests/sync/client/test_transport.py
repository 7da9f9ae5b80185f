from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from app.domain.clock import to_text
from app.domain.feed import Page
from app.domain.refusal import Refused, Unavailable
from sync.client.transport import HttpCentre
from sync.wire import codec
from sync.wire.answers import Ack
from sync.wire.messages import Head, Hello, Push, Verdict, Welcome
from sync.wire.protocol import SPOKEN
from sync.wire.sealed import sealed
from sync.wire.signatures import STALE, Caller, Request, verify
from tests.app.domain.examples import SIGNER, STATION, chain_of
from tests.sync.central.receiving import NOW, CountedIds, OwnClock

HELLO = Hello("n-1", 1, Head(0, "ab"), SPOKEN)
Answer = Callable[[Request], dict[str, object]]


class Desk:
    """A centre that checks signatures like the real one, by its own clock, and answers from a table."""

    def __init__(self, clock: OwnClock) -> None:
        self.clock = clock
        self.callers: list[Caller] = []
        self.asked: list[Request] = []
        self.answers: dict[str, Answer] = {}
        self.tells_time = True

    def handle(self, request: httpx.Request) -> httpx.Response:
        asked = Request(request.method, str(request.url), dict(request.headers.items()), request.content)
        try:
            self.callers.append(verify(asked, {STATION: SIGNER.public_key}.get, self.clock.now()))
        except Refused as no:
            time = {"time": to_text(self.clock.now())} if self.tells_time else {}
            return self._json(401, {"code": no.code, "detail": str(no), **time}, "problem+json")
        self.asked.append(asked)
        return self._json(200, self.answers[request.url.path](asked), "json")

    @staticmethod
    def _json(status: int, document: dict[str, object], kind: str) -> httpx.Response:
        return httpx.Response(
            status,
            stream=httpx.ByteStream(json.dumps(document).encode()),
            headers={"content-type": f"application/{kind}"},
        )


@pytest.fixture
def desk() -> Desk:
    return Desk(OwnClock())


@pytest.fixture
def ours() -> OwnClock:
    return OwnClock()


@pytest.fixture
def centre(desk: Desk, ours: OwnClock) -> Iterator[HttpCentre]:
    found = HttpCentre(
        "https://centre.example",
        STATION,
        SIGNER,
        clock=ours,
        ids=CountedIds(),
        transport=httpx.MockTransport(desk.handle),
    )
    yield found
    found.close()


def welcome(time: datetime) -> Answer:
    said = Welcome("n-1", 1, 1, Head(0, "ab"), to_text(time), Verdict.CONTINUE, SPOKEN)
    return lambda _: said.to_json()


def test_every_request_is_signed_afresh(desk: Desk, centre: HttpCentre) -> None:
    desk.answers["/v1/sync/changes"] = lambda _: Page(1, 0).to_json()
    for _ in range(3):
        assert centre.changes(1, 0, 9, "") == Page(1, 0)
    assert {caller.station_id for caller in desk.callers} == {STATION}
    assert len({caller.nonce for caller in desk.callers}) == 3
    assert desk.asked[0].url == "https://centre.example/v1/sync/changes?gen=1&pos=0&limit=9&stock="


def test_a_push_travels_packed_under_one_digest(desk: Desk, centre: HttpCentre) -> None:
    events = tuple(sealed(envelope) for envelope in chain_of(20))
    desk.answers["/v1/sync/events"] = lambda _: Ack(1, 20, "ab", 1, 0).to_json()
    assert centre.push(Push(1, events)) == Ack(1, 20, "ab", 1, 0)
    [asked] = desk.asked
    assert asked.headers["content-encoding"] == "gzip"
    body = codec.unpack(asked.body, "gzip", 1 << 22)
    assert len(asked.body) < len(body) / 2
    assert Push.from_json(codec.decode(body, "events")) == Push(1, events)


def test_the_welcome_tells_how_far_the_clocks_are_apart(
    desk: Desk, ours: OwnClock, centre: HttpCentre
) -> None:
    assert centre.skew_s == 0
    desk.answers["/v1/sync/hello"] = welcome(NOW + timedelta(seconds=90))
    assert centre.hello(HELLO).verdict is Verdict.CONTINUE
    assert centre.skew_s == 90
    ours.pass_by(90)
    centre.hello(HELLO)
    assert centre.skew_s == 0


@pytest.mark.parametrize("days", [400, -3, 0.01])
def test_a_station_with_a_wrong_clock_is_not_shut_out(
    desk: Desk, ours: OwnClock, centre: HttpCentre, days: float
) -> None:
    ours.at = NOW + timedelta(days=days)
    desk.answers["/v1/sync/hello"] = welcome(NOW)
    centre.hello(HELLO)
    assert centre.skew_s == pytest.approx(-days * 86_400)
    assert desk.callers[0].created == NOW
    # What it learned it keeps: no second refusal.
    desk.answers["/v1/sync/changes"] = lambda _: Page(1, 0).to_json()
    centre.changes(1, 0, 9, "")
    assert len(desk.callers) == 2


def test_a_centre_that_refuses_every_time_is_not_asked_for_ever(
    desk: Desk, ours: OwnClock, centre: HttpCentre
) -> None:
    ours.at = NOW + timedelta(days=1)
    desk.tells_time = False
    with pytest.raises(Refused) as no:
        centre.hello(HELLO)
    assert no.value.code == STALE
    assert desk.callers == []


def test_another_refusal_is_passed_on(desk: Desk) -> None:
    stranger = HttpCentre(
        "https://centre.example",
        "f" * 32,
        SIGNER,
        clock=OwnClock(),
        ids=CountedIds(),
        transport=httpx.MockTransport(desk.handle),
    )
    with pytest.raises(Refused) as no:
        stranger.hello(HELLO)
    stranger.close()
    assert no.value.code == "request.stranger"


def test_a_time_at_the_end_of_all_years_is_not_believed(desk: Desk, centre: HttpCentre) -> None:
    desk.answers["/v1/sync/hello"] = lambda _: welcome(NOW)(_) | {"time": "9999-12-31T23:59:59Z"}
    with pytest.raises(Unavailable):
        centre.hello(HELLO)
    assert centre.skew_s == 0


@pytest.mark.parametrize("time", ["yesterday", ""])
def test_a_welcome_without_a_time_is_none(desk: Desk, centre: HttpCentre, time: str) -> None:
    desk.answers["/v1/sync/hello"] = lambda _: welcome(NOW)(_) | {"time": time}
    with pytest.raises(Unavailable):
        centre.hello(HELLO)
