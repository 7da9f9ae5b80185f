"""The description tells of tokens, keys and roles what the table of routes says."""

from __future__ import annotations

from typing import Any

import pytest

from sync.central.rules.access import QUESTIONS, ROUTES, Open, Role
from tests.centre import RunningCentre


@pytest.fixture
def document(centre: RunningCentre) -> Any:
    return centre.as_(Role.ADMIN).http.get("/openapi.json").json()


def test_every_operation_says_who_may_use_it(document: Any) -> None:
    for (method, path), who in ROUTES.items():
        if path == "/openapi.json":
            continue
        operation = document["paths"][path][method.lower()]
        if isinstance(who, Open):
            assert "x-roles" not in operation
            assert operation.get("security", []) == ([{"station": []}] if who is Open.STATION else [])
        else:
            assert operation["x-roles"] == sorted(who)
            assert operation["security"] == [{"token": []}]


def test_every_command_asks_for_its_key_once(document: Any) -> None:
    for (method, path), who in ROUTES.items():
        if method == "POST" and not isinstance(who, Open):
            named = [entry["name"] for entry in document["paths"][path]["post"].get("parameters", [])]
            assert named.count("Idempotency-Key") == (path not in QUESTIONS), path


def test_asked_twice_it_says_the_same(centre: RunningCentre, document: Any) -> None:
    assert centre.as_(Role.ADMIN).http.get("/openapi.json").json() == document


def test_requests_come_with_examples(document: Any) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Order", "Receipt", "Return", "WriteOff", "Count", "Items", "Locations"):
        assert schemas[name]["examples"], name
        assert schemas[name]["description"], name
