"""The ledger over HTTP: every number's path answers, and what is asked wrongly is refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sync.central.rules.access import Role
from tests.centre import Caller, RunningCentre

PLACE = {"owner": "ACME", "location": "W", "at": "2026-01-01T00:00:00Z"}


@pytest.fixture
def auditor(centre: RunningCentre) -> Caller:
    planner = centre.as_(Role.PLANNER)
    planner.post("/items", {"items": [{"sku": "A b&c", "name": "A"}]})
    planner.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "S"}]})
    lines = [{"line": 1, "sku": "A b&c", "qty": 5}]
    planner.post("/receipts", PLACE | {"document": "PO", "lines": lines})
    order = {"order": "8841", "owner": "ACME", "channel": "web", "at": PLACE["at"], "ship": "later"}
    planner.post("/orders", order | {"lines": [{"line": 1, "sku": "A b&c", "qty": 2}]})
    return centre.as_(Role.AUDITOR)


def paths(document: Any) -> Iterator[str]:
    """Every proof of an answer."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name == "proof":
                yield value
            yield from paths(value)
    elif isinstance(document, list):
        for value in document:
            yield from paths(value)


def test_every_number_opens_into_its_proof(auditor: Caller) -> None:
    (row,) = auditor.get("/stock", by=["site", "grade"])["stock"][1:]
    assert (row["sku"], row["site"], row["sellable"]["qty"]) == ("A b&c", "S", 5)
    waiting, seen = list(paths(auditor.get("/stock", by="location"))), set[str]()
    while waiting:
        path = waiting.pop()
        # The claims behind a reserved number are listed by another resource.
        if path not in seen and not path.startswith("/v1/reservations?"):
            seen.add(path)
            answer = auditor.http.get(path)
            assert answer.status_code == 200, (path, answer.text)
            waiting += paths(answer.json())
    assert {path.split("?")[0].split("/")[2] for path in seen} == {"balances", "stock", "events"}


def test_the_timeline_says_who_did_what(auditor: Caller) -> None:
    (event,) = auditor.get("/timeline", document="PO")["events"]
    assert event["sentence"] == (
        "planner at the centre received goods (document PO): 5 of A b&c from a supplier to W (sellable)."
    )
    assert auditor.get("/timeline", order="8841") == {"events": [], "next": None}


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("/timeline", {}, 422, "timeline.about"),
        ("/timeline", {"unit": "a\x00b"}, 422, "request.unfit"),
        ("/timeline", {"order": "none"}, 404, "order.unknown"),
        ("/timeline", {"document": "PO", "cursor": "x"}, 422, "cursor.unfit"),
        ("/balances", {"status": "lost"}, 422, "request.unfit"),
        ("/balances", {"serial": "a\x00b"}, 422, "request.unfit"),
        ("/balances", {"cursor": "9" * 60}, 422, "cursor.unfit"),
        ("/balances/0/moves", {}, 422, "request.unfit"),
        ("/balances/99/moves", {}, 404, "account.unknown"),
        ("/stock", {"by": "colour"}, 422, "request.unfit"),
        ("/stock", {"sku": ["A"] * 201}, 422, "request.unfit"),
        ("/stock", {"sku": "a\x00b"}, 422, "request.unfit"),
        ("/stock", {"cursor": "x"}, 422, "cursor.unfit"),
        ("/stock/expected-returns", {"cursor": "x"}, 422, "cursor.unfit"),
        ("/events/none", {}, 404, "event.unknown"),
        ("/events/a%00b", {}, 422, "request.unfit"),
    ],
)
def test_what_is_asked_wrongly_is_named(
    auditor: Caller, path: str, params: dict[str, Any], status: int, code: str
) -> None:
    answer = auditor.http.get(f"/v1{path}", params=params or None)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_changed_lately_is_checked_for_auditors(auditor: Caller) -> None:
    assert auditor.get("/audit/recent", events=5) == {
        "holds": True,
        "checked": {"events": 1, "accounts": 2, "orders": 1},
        "violations": [],
    }
    assert auditor.http.get("/v1/audit/recent", params={"events": 0}).status_code == 422
