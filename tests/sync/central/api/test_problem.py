"""Every error is a problem document that says what was read, what was expected, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.domain.refusal import Refused, Unavailable
from sync.central.api.problem import install, problem, refusal
from sync.central.rules.access import Role
from sync.central.rules.outcomes import Conflict, Forbidden, Missing, Unauthenticated
from sync.central.service import Running
from tests.centre import RunningCentre


def document(answer: httpx.Response) -> Any:
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == answer.status_code
    assert found["type"] == f"urn:backhaul:{found['code']}"
    assert found["title"]
    return found


@pytest.mark.parametrize(
    ("kind", "status"),
    [(Refused, 422), (Conflict, 409), (Missing, 404), (Forbidden, 403), (Unauthenticated, 401)],
)
def test_a_refusal_has_its_place(kind: type[Refused], status: int) -> None:
    answer = refusal(kind("a.b", "Read x.", "Expected y.", "Do z."))
    assert answer.status_code == status
    assert (answer.headers.get("www-authenticate") == "Bearer") == (status == 401)


def test_a_refused_command_says_what_to_do(centre: RunningCentre) -> None:
    found = document(centre.as_(Role.SERVICE).http.get("/v1/orders/o9"))
    assert (found["status"], found["code"], found["read"]) == (404, "order.unknown", "Read the order 'o9'.")
    assert found["detail"] == f"{found['read']} {found['expected']} {found['do']}"


def test_an_unfit_body_names_each_field(centre: RunningCentre) -> None:
    found = document(
        centre.as_(Role.SERVICE).send("/orders", {"order": "", "lines": [{"line": 1, "qty": 0}]})
    )
    assert (found["status"], found["code"]) == (422, "request.unfit")
    fields = {entry["field"] for entry in found["errors"]}
    assert {"body.order", "body.owner", "body.lines.0.qty"} <= fields


@pytest.mark.parametrize("body", [b"{", b'{"items": [}', b"nonsense", b'{"a": 1} {', b"[" * 100_000])
def test_what_is_no_json_is_a_bad_request(centre: RunningCentre, body: bytes) -> None:
    http = centre.as_(Role.ADMIN).http
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    found = document(http.post("/v1/items", content=body, headers=headers))
    assert (found["status"], found["code"]) == (400, "request.no_json")


def test_a_body_that_breaks_off_says_where(centre: RunningCentre) -> None:
    http = centre.as_(Role.ADMIN).http
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    found = document(http.post("/v1/items", content=b'{"items": [}', headers=headers))
    assert found["code"] == "request.no_json"
    assert found["title"].startswith("Read a body that is no JSON: Expecting value at sign 11")


@pytest.mark.parametrize("body", [b"{", b"{}"])
def test_who_calls_is_asked_before_the_body_is_read(centre: RunningCentre, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    for path in ("items", "orders", "counts", "tokens"):
        answer = httpx.post(f"{centre.base_url}/v1/{path}", content=body, headers=headers, timeout=30)
        assert document(answer)["code"] == "token.unknown"
    auditor = centre.as_(Role.AUDITOR).http.post("/v1/items", content=body, headers=headers)
    assert document(auditor)["code"] == "token.role"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/v1/items", 405), ("GET", "/v1", 404)],
)
def test_no_such_route_is_a_problem_too(centre: RunningCentre, method: str, path: str, status: int) -> None:
    found = document(centre.as_(Role.ADMIN).http.request(method, path))
    assert (found["status"], found["code"]) == (status, f"http.{status}")


@pytest.fixture
def raising() -> Callable[[Exception], httpx.Response]:
    """Answers with whatever an app that raises this says."""

    def ask(error: Exception) -> httpx.Response:
        app = FastAPI()
        install(app)

        @app.get("/")
        def fail() -> None:
            raise error

        with Running(app) as server:
            return httpx.get(server.base_url, timeout=30)

    return ask


def test_a_database_that_is_away_is_said_with_a_time_to_try_again(
    raising: Callable[[Exception], httpx.Response], expect_log: Callable[[str], None]
) -> None:
    expect_log("unavailable: the disk is full")
    answer = raising(Unavailable("the disk is full"))
    assert document(answer)["code"] == "centre.unavailable"
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "disk" not in answer.text


def test_our_own_defect_tells_nothing_about_our_insides(
    raising: Callable[[Exception], httpx.Response], expect_log: Callable[[str], None]
) -> None:
    expect_log("Exception in ASGI application")
    expect_log("defect in request .*: RuntimeError")
    answer = raising(RuntimeError("secret path"))
    assert document(answer)["code"] == "centre.defect"
    assert "secret" not in answer.text


def test_a_problem_carries_what_it_is_given() -> None:
    assert b'"wait_s": 3' in problem(429, "too.fast", "Slow down.", wait_s=3).body


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/none", 404), ("DELETE", "/v1/items", 405)]
)
def test_a_wrong_path_or_method_says_what_to_do(
    centre: RunningCentre, method: str, path: str, status: int
) -> None:
    answer = centre.as_(Role.ADMIN).http.request(method, path)
    found = document(answer)
    assert (found["status"], found["read"]) == (status, f"Read {method} {path}.")
    assert found["expected"].endswith(".")
    assert found["do"].startswith("Correct the path" if status == 404 else "Send it with")
    assert ("POST" in answer.headers.get("allow", "")) == (status == 405)
