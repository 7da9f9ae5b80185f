"""One answer for one key, one transaction a command."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.central.centre import Settings
from sync.central.rules.access import Role
from sync.central.rules.strangers import EVERY_S, GUESSES
from tests.centre import Caller, RunningCentre, running_centre

ITEMS: dict[str, Any] = {"items": [{"sku": "A", "name": "A"}]}
ORDER: dict[str, Any] = {
    "order": "o1",
    "owner": "ACME",
    "channel": "web",
    "at": "2026-01-03T00:00:00Z",
    "lines": [{"line": 1, "sku": "A", "qty": 1}],
}


@pytest.fixture
def shop(centre: RunningCentre) -> Caller:
    caller = centre.as_(Role.INTEGRATOR)
    caller.post("/items", ITEMS)
    return caller


def test_the_same_command_again_gets_the_first_answer(shop: Caller) -> None:
    first = shop.send("/orders", ORDER, key="k")
    again = shop.send("/orders", ORDER, key="k")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(shop.get("/orders")["orders"]) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [("/orders", ORDER | {"order": "o2"}), ("/orders", ORDER | {"priority": 1}), ("/items", ITEMS)],
)
def test_a_key_that_is_used_for_something_else_is_refused(
    shop: Caller, path: str, body: dict[str, Any]
) -> None:
    shop.send("/orders", ORDER, key="k")
    answer = shop.send(path, body, key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.reused")


def test_two_principals_may_use_one_key(centre: RunningCentre, shop: Caller) -> None:
    shop.post("/orders", ORDER, key="k")
    assert centre.as_(Role.SERVICE).post("/orders", ORDER | {"order": "o2"}, key="k")["order"] == "o2"


@pytest.mark.parametrize("key", [None, "", "x" * 201, "a\tb"])
def test_a_command_without_a_fit_key_is_refused(shop: Caller, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = shop.http.post("/v1/orders", json=ORDER, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.missing")
    assert shop.get("/orders")["orders"] == []


def test_a_refused_command_keeps_nothing_and_may_be_sent_again_when_it_fits(shop: Caller) -> None:
    unknown = ORDER | {"lines": [{"line": 1, "sku": "B", "qty": 1}]}
    assert shop.send("/orders", unknown, key="k").json()["code"] == "item.unknown"
    shop.post("/items", {"items": [{"sku": "B", "name": "B"}]})
    assert shop.send("/orders", unknown, key="k").status_code == 201


def test_one_key_sent_many_times_at_once_is_one_command(centre: RunningCentre, shop: Caller) -> None:
    answers: list[bytes] = []
    callers = [centre.as_(Role.INTEGRATOR) for _ in range(6)]
    threads = [
        threading.Thread(target=lambda c=caller: answers.append(c.send("/orders", ORDER, key="k").content))
        for caller in callers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(shop.get("/orders")["orders"]) == 1


def test_a_secret_is_answered_once_and_never_stored(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    body = {"role": "finance", "name": "till"}
    token = admin.post("/tokens", body, key="k")["token"]
    again = admin.send("/tokens", body, key="k")
    assert (again.status_code, again.json()["code"]) == (409, "idempotency.secret")
    with centre.database.read() as conn:
        kept = conn.exec_driver_sql("SELECT response FROM idempotency").all()
    assert token.encode() not in b"".join(row[0] for row in kept)


def test_the_caller_stands_in_the_event(centre: RunningCentre, shop: Caller) -> None:
    shop.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "S"}]})
    line = {"line": 1, "sku": "A", "qty": 1}
    shop.post(
        "/receipts",
        {"document": "D", "owner": "ACME", "location": "W", "at": "2026-01-01T00:00:00Z", "lines": [line]},
        key="receipt-1",
    )
    with centre.database.read() as conn:
        (header,) = conn.exec_driver_sql("SELECT header FROM receipt").one()
    assert b'"operator":"integrator"' in header
    assert b'"session":"request:receipt-1"' in header


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with running_centre(tmp_path, settings=Settings(app_ver="test", rate=1)) as centre:
        hasty, other = centre.as_(Role.PLANNER), centre.as_(Role.AUDITOR)
        answers = [hasty.http.get("/v1/orders") for _ in range(12)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert {answer.status_code for answer in answers} == {200, 429}
        assert refused[0].json()["code"] == "request.too_many"
        assert int(refused[0].headers["retry-after"]) >= 1
        assert other.http.get("/v1/orders").status_code == 200


def test_a_stranger_s_guesses_are_slowed_down_and_nobody_else_is(centre: RunningCentre) -> None:
    shop = centre.as_(Role.INTEGRATOR)
    shop.get("/items")
    stranger = centre.with_token("0" * 64)
    found = [stranger.http.get("/v1/items").status_code for _ in range(GUESSES + 3)]
    # The bucket fills a little while they are sent.
    assert found[:GUESSES] == [401] * GUESSES
    assert 429 in found[GUESSES:]
    for _ in range(GUESSES):
        slowed = stranger.http.get("/v1/items")
        if slowed.status_code == 429:
            break
    assert slowed.json()["code"] == "token.too_many_wrong"
    assert 1 <= int(slowed.headers["Retry-After"]) <= EVERY_S
    assert shop.get("/items") == {"items": [], "next": None}


def test_a_right_token_is_let_in_beside_a_neighbour_s_guesses_also_for_the_first_time(
    centre: RunningCentre,
) -> None:
    stranger, shop = centre.with_token("0" * 64), centre.as_(Role.INTEGRATOR)
    assert 429 in [stranger.http.get("/v1/items").status_code for _ in range(GUESSES * 2)]
    assert shop.http.get("/v1/items").status_code == 200


def test_without_a_token_nothing_is_guessed(centre: RunningCentre) -> None:
    with httpx.Client(base_url=centre.base_url, timeout=30) as http:
        for _ in range(GUESSES + 3):
            assert http.get("/v1/items").status_code == 401


def test_callers_behind_a_proxy_of_this_computer_are_told_apart(centre: RunningCentre) -> None:
    stranger = centre.with_token("0" * 64)

    def asked(host: str) -> int:
        return stranger.http.get("/v1/items", headers={"X-Forwarded-For": host}).status_code

    found = [asked("192.0.2.1") for _ in range(GUESSES * 2)]
    assert 429 in found
    assert asked("192.0.2.2") == 401
