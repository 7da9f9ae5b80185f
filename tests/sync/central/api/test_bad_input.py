"""Bad input of every kind: a problem document that names what is wrong, and not one row changed by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from sync.central.centre import Settings
from sync.central.rules.access import Role
from sync.central.store.database import Database
from sync.central.store.tables import metadata
from tests.centre import RunningCentre, running_centre
from tests.fuzz.furnished import AT, OWNER, furnish

HUGE = 10 << 20
LINE: dict[str, Any] = {"line": 1, "sku": "A", "qty": 1}
ORDER: dict[str, Any] = {"order": "n", "owner": OWNER, "channel": "web", "at": AT, "lines": [LINE]}
RECEIPT: dict[str, Any] = {"document": "d", "owner": OWNER, "location": "WH1-A", "at": AT, "lines": [LINE]}
JSON = "application/json"


def order(**line: Any) -> dict[str, Any]:
    return ORDER | {"lines": [LINE | line]}


def receipt(**line: Any) -> dict[str, Any]:
    return RECEIPT | {"lines": [LINE | line]}


# What is sent where, the status, the code, and what the document must name.
STORIES: tuple[tuple[str, Any, int, str, str], ...] = (
    ("/orders", {}, 422, "request.unfit", "body.order"),
    ("/orders", [], 422, "request.unfit", "body"),
    ("/orders", order(qty=0), 422, "request.unfit", "body.lines.0.qty"),
    ("/orders", order(qty=-1), 422, "request.unfit", "body.lines.0.qty"),
    ("/orders", order(qty=10**9 + 1), 422, "request.unfit", "body.lines.0.qty"),
    ("/orders", order(qty=2**63), 422, "request.unfit", "body.lines.0.qty"),
    ("/orders", order(qty=10**400), 422, "request.unfit", "body.lines.0.qty"),
    ("/orders", order(qty=1.5), 422, "request.unfit", "body.lines.0.qty"),
    ("/orders", order(qty="1"), 422, "request.unfit", "body.lines.0.qty"),
    ("/orders", order(sku="\ud800"), 422, "request.unfit", "body.lines.0.sku"),
    ("/orders", order(sku="A\x00"), 422, "request.unfit", "body.lines.0.sku"),
    ("/orders", order(sku="x" * 81), 422, "request.unfit", "body.lines.0.sku"),
    ("/orders", order(colour="red"), 422, "request.unfit", "body.lines.0.colour"),
    ("/orders", ORDER | {"at": "yesterday"}, 422, "request.unfit", "body.at"),
    ("/orders", ORDER | {"at": "2026-11-22T10:00:00"}, 422, "request.unfit", "body.at"),
    ("/orders", ORDER | {"at": "0001-01-01T00:00:00+14:00"}, 422, "request.unfit", "body.at"),
    ("/orders", ORDER | {"at": "9999-12-31T23:59:59-14:00"}, 422, "request.unfit", "body.at"),
    ("/orders", ORDER | {"lines": [LINE, LINE]}, 422, "", "line"),
    ("/orders", order(sku="NOWHERE"), 422, "", "NOWHERE"),
    ("/receipts", receipt(sku="NOWHERE"), 422, "", "NOWHERE"),
    ("/receipts", RECEIPT | {"lines": [LINE, LINE | {"line": 2, "sku": "NOWHERE"}]}, 422, "", "NOWHERE"),
    ("/receipts", RECEIPT | {"location": "NOWHERE"}, 422, "", "NOWHERE"),
    ("/orders/o0/ship", {"lines": [{"line": 1, "qty": 999}]}, 409, "", "999"),
    ("/orders/NOWHERE/ship", {}, 404, "order.unknown", "NOWHERE"),
    ("/orders/'; DROP TABLE item; --/ship", {}, 404, "order.unknown", "DROP TABLE"),
    (f"/orders/{'x' * 4_000}/cancel", {}, 404, "order.unknown", "xxx"),
    ("/reservations/99999999999999999999/move", {"reason": "r"}, 422, "request.unfit", "number"),
)
# Bodies that are no such thing: raw bytes and how they are called.
RAW: tuple[tuple[bytes, str, int, str, str], ...] = (
    (b"", JSON, 422, "request.unfit", "body"),
    (b"null", JSON, 422, "request.unfit", "body"),
    (b"{", JSON, 400, "request.no_json", "at sign 1"),
    (b"[" * 100_000, JSON, 400, "request.no_json", "too deep"),
    (b'{"order": ' + b"9" * 5_000 + b"}", JSON, 400, "request.no_json", "digits"),
    (b'{"order": "a", "order": "b"}', JSON, 422, "request.twice", "order"),
    (b'{"order": NaN}', JSON, 422, "request.number", "NaN"),
    (b'{"order": "\xff"}', JSON, 400, "request.no_json", "UTF-8"),
    (b"order=n", "application/x-www-form-urlencoded", 415, "request.form", "form"),
    (b"<order/>", "text/xml", 415, "request.form", "text/xml"),
)


def digest(database: Database) -> str:
    """Of every row of every table, in an order of its own."""
    with database.read() as conn:
        rows = [
            (table.name, sorted(repr(tuple(row)) for row in conn.execute(select(table))))
            for table in metadata.sorted_tables
        ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@pytest.fixture(params=["sqlite", "postgresql"])
def stocked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningCentre]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with running_centre(tmp_path, url=url, settings=Settings(app_ver="test", rate=0)) as centre:
        furnish(centre, copies=1)
        yield centre


def test_what_is_refused_leaves_no_trace(stocked: RunningCentre) -> None:
    http, before = stocked.as_(Role.ADMIN).http, digest(stocked.database)

    def judge(answer: httpx.Response, what: str, told: Any) -> None:
        status, code, named = told
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
            f"{what}: {answer.text}"
        )
        found = answer.json()
        assert found["code"] == (code or found["code"]), what
        assert named in answer.text, f"{what}: {answer.text}"
        assert found["title"], what
        assert digest(stocked.database) == before, f"{what} left a trace"

    for number, (path, body, *told) in enumerate(STORIES):
        headers = {"Idempotency-Key": f"s{number}", "Content-Type": JSON}
        answer = http.post(f"/v1{path}", content=json.dumps(body), headers=headers)
        judge(answer, f"{path[:60]} {body}"[:200], tuple(told))
    for number, (raw, form, *told) in enumerate(RAW):
        headers = {"Idempotency-Key": f"r{number}", "Content-Type": form}
        judge(http.post("/v1/orders", content=raw, headers=headers), f"{raw[:40]!r}", tuple(told))
    headers = {"Idempotency-Key": "big", "Content-Type": JSON}
    for content in (b" " * HUGE, iter([b" " * (1 << 20)] * 10)):
        answer = http.post("/v1/orders", content=content, headers=headers)
        judge(answer, "10 MB", (413, "request.too_large", "large" if "chunk" in answer.text else "bytes"))
    headers |= {"If-Match": '"of yesterday"'}
    answer = http.post("/v1/orders/o0/cancel", headers=headers)
    judge(answer, "a stale version", (412, "record.stale", "of yesterday"))


def test_a_key_with_another_body_leaves_no_trace(stocked: RunningCentre) -> None:
    planner = stocked.as_(Role.PLANNER)
    planner.post("/orders", ORDER, key="once")
    before = digest(stocked.database)
    answer = planner.send("/orders", ORDER | {"order": "m"}, key="once")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.reused")
    assert digest(stocked.database) == before


@pytest.mark.parametrize("name", ["'; DROP TABLE item; --", '=HYPERLINK("x")', "+1", "@SUM(A1)", "<b>&amp;"])
def test_hostile_names_are_texts_like_others(centre: RunningCentre, name: str) -> None:
    admin = centre.as_(Role.ADMIN)
    assert admin.post("/items", {"items": [{"sku": "Z", "name": name}]})["accepted"] == 1
    assert admin.get("/items/Z")["name"] == name


def test_a_cursor_that_no_page_gave_is_refused(centre: RunningCentre) -> None:
    http = centre.as_(Role.ADMIN).http
    for path in ("orders", "exceptions", "proposals", "reservations", "moves", "balances"):
        for cursor in ("9" * 19, "9" * 80, "9223372036854775808", "\u0663", "\u00b2", "-1", "1-"):
            answer = http.get(f"/v1/{path}", params={"sku": "A", "cursor": cursor})
            assert (answer.status_code, answer.json()["code"]) == (422, "cursor.unfit"), (path, cursor)


def test_a_client_that_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with running_centre(tmp_path, settings=Settings(app_ver="test", rate=2)) as centre:
        http = centre.as_(Role.ADMIN).http
        answers = [http.get("/v1/items") for _ in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.json()["code"] for answer in refused} == {"request.too_many"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
