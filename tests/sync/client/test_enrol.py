from __future__ import annotations

import json

import httpx
import pytest

from app.domain.refusal import Refused, Unavailable
from app.ledger.identity import StationIdentity
from sync.client.enrol import enrol
from sync.wire.messages import Enrolled
from tests.app.domain.examples import SIGNER, STATION
from tests.sync.central.receiving import OwnClock

ENROLLED = Enrolled(STATION, 1, "07", "WH1", "ACME", "Bench 7", "centre-1", 1)


def ask(answer: httpx.Response, url: str = "https://centre.example") -> tuple[StationIdentity, httpx.Request]:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    identity = enrol(
        url,
        " ABCD-EFGH \n",
        station_id=STATION,
        install_id="install-1",
        public_key=SIGNER.public_key,
        name="mine",
        clock=OwnClock(),
        transport=httpx.MockTransport(handle),
    )
    return identity, asked[0]


def answer(enrolled: Enrolled) -> httpx.Response:
    return httpx.Response(
        200,
        stream=httpx.ByteStream(json.dumps(enrolled.to_json()).encode()),
        headers={"content-type": "application/json"},
    )


def test_a_code_becomes_an_identity() -> None:
    identity, asked = ask(answer(ENROLLED))
    assert identity == StationIdentity(STATION, 1, "07", "WH1", "ACME", "Bench 7")
    assert str(asked.url) == "https://centre.example/v1/sync/enrol"
    assert json.loads(asked.content) == {
        "code": "ABCD-EFGH",
        "station_id": STATION,
        "install_id": "install-1",
        "public_key": SIGNER.public_key.hex(),
        "name": "mine",
    }
    assert "signature" not in asked.headers


def test_the_centres_no_comes_through_with_what_to_do() -> None:
    document = {"code": "enrol.code", "read": "Read a code.", "expected": "", "do": "Ask for a new code."}
    no = httpx.Response(
        403,
        stream=httpx.ByteStream(json.dumps(document).encode()),
        headers={"content-type": "application/problem+json"},
    )
    with pytest.raises(Refused, match="Ask for a new code") as refused:
        ask(no)
    assert refused.value.code == "enrol.code"


def test_an_answer_for_another_station_is_not_taken() -> None:
    other = Enrolled("f" * 32, 1, "08", "WH1", "ACME", "Bench 8", "centre-1", 1)
    with pytest.raises(Unavailable):
        ask(answer(other))


def test_plain_http_to_another_machine_is_refused_before_the_code_leaves() -> None:
    with pytest.raises(Refused, match="https"):
        ask(answer(ENROLLED), "http://centre.example")


def test_a_sign_in_page_is_no_centre() -> None:
    with pytest.raises(Unavailable):
        ask(httpx.Response(200, stream=httpx.ByteStream(b"<html>sign in</html>")))
