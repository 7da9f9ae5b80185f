from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from app.domain.envelope import MAX_SIZE
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import Ed25519Signer
from sync.central.centre import Settings
from sync.central.rules.strangers import EVERY_S, GUESSES
from sync.central.service import Running, create_app
from sync.central.store.feed import Record, publish
from sync.central.store.tables import station
from sync.client.port import Busy
from sync.client.transport import HttpCentre
from sync.wire import codec
from sync.wire.answers import Ack, Gap
from sync.wire.messages import Head, Hello, Push, Verdict
from sync.wire.protocol import MAX_BATCH, MAX_EVENTS, SPOKEN
from sync.wire.sealed import Sealed, sealed
from sync.wire.signatures import Request, sign
from tests.app.domain.examples import SIGNER, STATION
from tests.sync.central.receiving import NOW, Bench, CountedIds, Store, store_in

OTHER = Ed25519Signer(bytes([2] * 32))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


@pytest.fixture
def url(store: Store) -> Iterator[str]:
    app = create_app(
        store.database, Settings("0.1.0"), store.clock, CountedIds(1 << 50), Ed25519Signer(bytes([7] * 32))
    )
    with Running(app) as server:
        yield server.base_url


@pytest.fixture
def bench(store: Store) -> Bench:
    found = Bench()
    store.enrol(found)
    return found


@pytest.fixture
def centre(store: Store, url: str, bench: Bench) -> Iterator[HttpCentre]:
    found = HttpCentre(url, bench.station_id, bench.signer, clock=store.clock, ids=CountedIds(1 << 60))
    yield found
    found.close()


def signed(
    url: str,
    path: str,
    body: bytes,
    *,
    nonce: str = "n-1",
    signer: Ed25519Signer = SIGNER,
    who: str = STATION,
) -> httpx.Request:
    """A request as a station's key signs it."""
    asked = Request("POST" if body else "GET", url + path, {"content-type": "application/json"}, body)
    sign(asked, who, signer, NOW, nonce)
    return httpx.Request(asked.method, asked.url, headers=asked.headers, content=body)


def send(request: httpx.Request) -> tuple[int, dict[str, object]]:
    with httpx.Client(trust_env=False) as client:
        answer = client.send(request)
    found = json.loads(answer.content)
    assert isinstance(found, dict)
    return answer.status_code, found


def hello(bench: Bench) -> Hello:
    return Hello("n-1", 1, Head(bench.head.seq, bench.head.hash), SPOKEN)


def test_a_session_over_http(store: Store, centre: HttpCentre, bench: Bench) -> None:
    events = tuple(sealed(envelope) for envelope in bench.work(3))
    assert centre.hello(hello(bench)).verdict is Verdict.CONTINUE
    answer = centre.push(Push(1, events))
    assert isinstance(answer, Ack)
    assert (answer.upto, answer.hash) == (3, bench.head.hash)
    with store.database.write() as conn:
        publish(conn, [Record("tariff", "t-17", {"sku": "K-17", "later": True})])
    page = centre.changes(0, 0, 100, "")
    assert page.changes[-1].document == {"sku": "K-17", "later": True}
    assert centre.changes(page.gen, page.upto, 100, "").changes == ()


def test_whatever_is_sent_twice_under_one_nonce_is_refused_the_second_time(
    store: Store, url: str, bench: Bench
) -> None:
    push = codec.encode(Push(1, (sealed(bench.record()),)).to_json())
    for number, (path, body) in enumerate(
        [
            ("/v1/sync/hello", codec.encode(hello(bench).to_json())),
            ("/v1/sync/events", push),
            ("/v1/sync/changes?gen=0&pos=0&limit=9", b""),
        ]
    ):
        request = signed(url, path, body, nonce=f"n-{number}")
        assert send(request)[0] == 200
        status, problem = send(request)
        assert (status, problem["code"]) == (401, "request.replayed")
    assert store.states(bench) == ["posted"]


@pytest.mark.parametrize("path", ["/v1/sync/hello", "/v1/sync/events", "/v1/sync/changes?gen=0&pos=0"])
@pytest.mark.usefixtures("bench")
def test_nobody_is_heard_unsigned_or_under_another_key(store: Store, url: str, path: str) -> None:
    body = b"" if "changes" in path else b"{}"
    method = "GET" if "changes" in path else "POST"
    for request, code in (
        (httpx.Request(method, url + path, content=body), "request.unsigned"),
        (signed(url, path, body, signer=OTHER), "request.changed"),
        (signed(url, path, body, who="f" * 32, signer=OTHER), "request.stranger"),
        (signed(url, path, body, who=store.centre_id), "request.stranger"),
    ):
        status, problem = send(request)
        assert (status, problem["code"]) == (401, code)


def test_a_body_changed_on_the_way_is_refused_and_nothing_of_it_stored(
    store: Store, url: str, bench: Bench
) -> None:
    body = codec.encode(Push(1, (sealed(bench.record()),)).to_json())
    request = signed(url, "/v1/sync/events", body)
    changed = httpx.Request(
        "POST", request.url, headers=request.headers, content=body.replace(b"K-17", b"K-18")
    )
    assert send(changed)[1]["code"] == "request.changed"
    assert store.states(bench) == []


def test_a_stale_request_learns_the_centres_time(store: Store, url: str, bench: Bench) -> None:
    store.clock.pass_by(3600)
    status, problem = send(signed(url, "/v1/sync/hello", codec.encode(hello(bench).to_json())))
    assert (status, problem["code"], problem["time"]) == (401, "request.stale", "2026-11-22T11:41:07.000Z")


def test_more_than_a_batch_is_too_large_and_nothing_of_it_stored(
    store: Store, centre: HttpCentre, bench: Bench
) -> None:
    event = sealed(bench.record())
    with pytest.raises(codec.TooLarge):
        centre.push(Push(1, (event,) * (MAX_EVENTS + 1)))
    half = Sealed(b" " * (MAX_BATCH // 2), b"{}", None, None, b"s")
    with pytest.raises(codec.TooLarge):
        centre.push(Push(1, (half, half)))
    assert store.states(bench) == []
    assert isinstance(centre.push(Push(1, (event,))), Ack)


def test_the_largest_event_of_all_passes_alone(store: Store, centre: HttpCentre, bench: Bench) -> None:
    # Quotes double in the JSON around it: the worst that escaping can do.
    room = MAX_SIZE - bench.record().size - 200
    bench.record(private={"note": '"' * (room // 2)})
    answer = centre.push(Push(1, tuple(sealed(envelope) for envelope in bench.events[:1])))
    assert isinstance(answer, Ack)
    assert isinstance(centre.push(Push(1, (sealed(bench.events[1]),))), Ack)
    assert store.states(bench) == ["posted", "posted"]


@pytest.mark.parametrize("body", [b"[]", b"not json", b'{"epoch":1}', b'{"epoch":1,"events":[{}]}'])
def test_malformed_messages_are_refused_or_empty(store: Store, url: str, bench: Bench, body: bytes) -> None:
    status, said = send(signed(url, "/v1/sync/events", body))
    assert (status, "code" in said) == (422, True) or said["answer"] == "ack"
    assert store.states(bench) == []


def test_a_station_that_was_shut_out_is_told_everywhere(
    store: Store, centre: HttpCentre, bench: Bench
) -> None:
    with store.database.write() as conn:
        conn.execute(update(station).where(station.c.station_id == bench.station_id).values(fenced=True))
    assert centre.hello(hello(bench)).verdict is Verdict.FENCED
    assert centre.push(Push(1, (sealed(bench.record()),))).to_json() == {"answer": "fenced"}
    with pytest.raises(Refused) as no:
        centre.changes(0, 0, 9, "")
    assert no.value.code == "station.fenced"


def test_enrolment_needs_no_signature_and_a_wrong_code_says_what_to_do(store: Store, url: str) -> None:
    asked = {
        "code": store.code(),
        "station_id": STATION,
        "install_id": "i-1",
        "public_key": SIGNER.public_key.hex(),
        "name": "mine",
    }
    status, said = send(httpx.Request("POST", f"{url}/v1/sync/enrol", json=asked))
    assert (status, said["station_id"], said["bench"]) == (200, STATION, "01")
    status, said = send(httpx.Request("POST", f"{url}/v1/sync/enrol", json={**asked, "code": "AAAA"}))
    assert (status, said["code"]) == (422, "enrol.code")
    assert "Ask the administrator" in str(said["detail"])


def test_a_gap_is_an_answer_and_no_error(centre: HttpCentre, bench: Bench) -> None:
    bench.work(2)
    assert centre.push(Push(1, (sealed(bench.events[1]),))) == Gap(0)


@pytest.mark.parametrize("query", ["", "gen=-1&pos=0", "gen=0&pos=x", "gen=0&pos=0&limit=0"])
@pytest.mark.usefixtures("bench")
def test_a_cursor_needs_its_numbers(url: str, query: str) -> None:
    status, said = send(signed(url, f"/v1/sync/changes?{query}", b""))
    assert (status, said["code"]) == (422, "request.unfit")


def test_when_the_database_is_away_the_station_is_told_when_to_come_back(
    store: Store,
    centre: HttpCentre,
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    expect_log: Callable[[str], None],
) -> None:
    def away() -> None:
        raise Unavailable("The centre's database did not answer.")

    expect_log("unavailable: ")
    monkeypatch.setattr(store.database, "write", away)
    with pytest.raises(Busy) as busy:
        centre.hello(hello(bench))
    assert busy.value.after_s == 2
    monkeypatch.undo()


def test_wrong_codes_are_slowed_down_and_signatures_are_not(
    url: str, store: Store, bench: Bench, centre: HttpCentre
) -> None:
    wrong = {"code": "AAAA", "station_id": "6f" * 16, "install_id": "i", "public_key": "ab" * 32, "name": "n"}
    with httpx.Client(base_url=url, timeout=30) as http:
        found = [http.post("/v1/sync/enrol", json=wrong) for _ in range(GUESSES + 1)]
        # Nor is a code that somebody was given.
        right = wrong | {"code": store.code()}
        joined = http.post("/v1/sync/enrol", json=right)
        again = http.post("/v1/sync/enrol", json=right | {"station_id": "7f" * 16})
    assert joined.status_code == 200
    # One that was used is no guess, and is no use either.
    assert (again.status_code, again.json()["code"]) == (422, "enrol.code")
    assert [answer.status_code for answer in found] == [422] * GUESSES + [429]
    assert found[-1].json()["code"] == "enrol.too_many_wrong"
    assert found[-1].headers["Retry-After"] == str(EVERY_S)
    # A station behind the same address signs, and is heard.
    assert centre.hello(hello(bench)).verdict is Verdict.CONTINUE
