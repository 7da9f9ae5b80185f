"""Nobody overwrites what somebody else changed meanwhile."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sync.central.api.etag import names, tag_of
from sync.central.rules.access import Role
from tests.centre import Caller, RunningCentre

LINE = {"line": 1, "sku": "A", "qty": 2}
ORDER = {"order": "o", "owner": "ACME", "channel": "web", "at": "2026-01-02T00:00:00Z", "lines": [LINE]}


@pytest.fixture
def planner(centre: RunningCentre) -> Caller:
    found = centre.as_(Role.PLANNER)
    found.post("/items", {"items": [{"sku": "A", "name": "A"}]})
    found.post("/orders", ORDER)
    return found


def send(caller: Caller, path: str, body: Any, key: str, match: str) -> httpx.Response:
    headers = {"Idempotency-Key": key, "If-Match": match}
    return caller.http.post(f"/v1{path}", json=body, headers=headers)


def tag(caller: Caller, path: str) -> str:
    return str(caller.http.get(f"/v1{path}").headers["etag"])


def test_an_item_is_changed_by_who_saw_it_last(planner: Caller) -> None:
    seen = tag(planner, "/items/A")
    first = send(planner, "/items", {"items": [{"sku": "A", "name": "first"}]}, "k1", seen)
    assert first.status_code == 200
    second = send(planner, "/items", {"items": [{"sku": "A", "name": "second"}]}, "k2", seen)
    assert (second.status_code, second.json()["code"]) == (412, "record.stale")
    assert tag(planner, "/items/A") in second.json()["expected"]
    assert planner.get("/items/A")["name"] == "first"


def test_sent_again_with_its_key_it_is_the_first_answer_and_not_stale(planner: Caller) -> None:
    seen = tag(planner, "/orders/o")
    answers = [send(planner, "/orders/o/cancel", None, "k", seen) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert send(planner, "/orders/o/ship", None, "k2", seen).status_code == 412


def test_an_unchanged_record_is_not_sent_twice(planner: Caller) -> None:
    seen = tag(planner, "/orders/o")
    again = planner.http.get("/v1/orders/o", headers={"If-None-Match": f'"x", W/{seen}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", seen)


def test_a_record_that_is_not_there_matches_nothing(planner: Caller) -> None:
    answer = send(planner, "/items", {"items": [{"sku": "NEW", "name": "n"}]}, "k", "*")
    assert (answer.status_code, answer.json()["expected"]) == (412, "There is no record.")


@pytest.mark.parametrize("path", ["/orders", "/items"])
def test_a_command_about_no_one_record_refuses_a_tag(planner: Caller, path: str) -> None:
    many = {"items": [{"sku": "B", "name": "B"}, {"sku": "C", "name": "C"}]}
    body = many if path == "/items" else ORDER | {"order": "p"}
    answer = send(planner, path, body, "k", '"x"')
    assert (answer.status_code, answer.json()["code"]) == (422, "record.no_tag")


def test_a_policy_is_replaced_by_who_read_it(planner: Caller) -> None:
    answer = send(planner, "/policies", {"source": "version = 1"}, "k", '"old"')
    assert (answer.status_code, answer.json()["code"]) == (412, "record.stale")


def test_tags_are_read_from_lists() -> None:
    own = tag_of(b"x")
    assert names(f'"a", {own}', own)
    assert names("*", own)
    assert not names("", own)
    assert not names('"a"', own)
