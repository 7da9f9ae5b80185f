"""Simulation over HTTP: asked by those who publish policies, without a key, and nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

from sync.central.rules.access import Role
from tests.app.domain.policy.test_reader import SHIPPED
from tests.centre import RunningCentre

SOURCE = 'kind = "allocation"\nversion = "7"\nchannels = ["shop"]\n[priority.channel]\nshop = -5\n'
BODY: dict[str, Any] = {"owner": "ACME", "source": SOURCE}


def test_a_planner_asks_without_a_key(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    planner.post("/items", {"items": [{"sku": "A", "name": "A"}]})
    order = {"owner": "ACME", "at": "2026-01-03T00:00:00Z", "lines": [{"line": 1, "sku": "A", "qty": 1}]}
    planner.post("/orders", order | {"order": "o1", "channel": "web"})
    answer = planner.http.post("/v1/simulations", json=BODY | {"over": {"from": "2026-01-01T00:00:00Z"}})
    assert answer.status_code == 200
    assert answer.json()["all"]["lines"] == {"better": 0, "worse": 0, "same": 1}
    assert answer.json()["policy"] == {"before": "built-in", "after": "7"}


def test_a_mistake_names_its_line(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    wrong = planner.http.post("/v1/simulations", json=BODY | {"source": SOURCE.replace("shop = ", "shpo = ")})
    assert wrong.status_code == 422
    assert "line 5" in wrong.json()["read"]
    late = planner.http.post("/v1/simulations", json=BODY | {"over": {"from": "2036-01-01T00:00:00Z"}})
    assert (late.status_code, late.json()["code"]) == (422, "simulation.period")
    assert planner.http.post("/v1/simulations", json=BODY | {"version": "1"}).status_code == 422


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PLANNER, Role.ADMIN}))
def test_only_planners_and_admins_ask(centre: RunningCentre, role: Role) -> None:
    assert centre.as_(role).http.post("/v1/simulations", json=BODY).status_code == 403


def test_its_description_asks_for_no_key(centre: RunningCentre) -> None:
    document: Any = centre.as_(Role.ADMIN).http.get("/openapi.json").json()
    operation = document["paths"]["/v1/simulations"]["post"]
    assert all(entry["name"] != "Idempotency-Key" for entry in operation.get("parameters", []))
    assert document["components"]["schemas"]["WhatIf"]["examples"]


OVER: dict[str, Any] = {"source": SHIPPED, "over": {"from": "2026-01-01T00:00:00Z"}}


def test_a_supervisor_tries_a_returns_policy(centre: RunningCentre) -> None:
    supervisor = centre.as_(Role.SUPERVISOR)
    answer = supervisor.http.post("/v1/policies/simulations", json=OVER)
    assert answer.status_code == 200
    assert answer.json()["from"] == "2026-01-01T00:00:00.000Z"
    assert answer.json()["all"] == {"events": 0, "units": 0, "value_minor": {}}
    assert answer.json()["refunds"]["all"] == {"refunds": 0, "was_minor": {}, "would_minor": {}}


def test_a_mistaken_returns_policy_names_its_line(centre: RunningCentre) -> None:
    supervisor = centre.as_(Role.SUPERVISOR)
    wrong = supervisor.http.post(
        "/v1/policies/simulations", json=OVER | {"source": SHIPPED.replace("percent = 90", "percent = 900")}
    )
    assert wrong.status_code == 422
    assert "recovery 1" in wrong.json()["read"]
    assert supervisor.http.post("/v1/policies/simulations", json={"source": SHIPPED}).status_code == 422


@pytest.mark.parametrize("role", [Role.SERVICE, Role.FINANCE, Role.AUDITOR])
def test_who_may_not_publish_a_policy_may_not_try_one(centre: RunningCentre, role: Role) -> None:
    assert centre.as_(role).http.post("/v1/policies/simulations", json=OVER).status_code == 403
