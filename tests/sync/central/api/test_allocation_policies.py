"""Allocation policies over HTTP."""

from __future__ import annotations

import pytest

from sync.central.rules.access import Role
from tests.centre import RunningCentre

SOURCE = 'kind = "allocation"\nversion = "7"\n[priority]\nbase = 200\n'


def test_a_policy_goes_in_force(centre: RunningCentre) -> None:
    planner, auditor = centre.as_(Role.PLANNER), centre.as_(Role.AUDITOR)
    assert auditor.http.get("/v1/allocation-policies/current").status_code == 404
    answer = planner.send("/allocation-policies", {"source": SOURCE})
    assert (answer.status_code, answer.json()) == (201, {"version": "7", "in_force": "7"})
    assert auditor.get("/allocation-policies/current")["source"] == SOURCE
    (listed,) = auditor.get("/allocation-policies")["policies"]
    assert (listed["version"], listed["published_by"]) == ("7", "planner")


def test_a_mistake_and_a_reused_version_are_problems(centre: RunningCentre) -> None:
    admin = centre.as_(Role.ADMIN)
    wrong = admin.send("/allocation-policies", {"source": SOURCE.replace("base", "bass")})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "policy.unknown_key")
    assert "line 4" in wrong.json()["read"]
    admin.post("/allocation-policies", {"source": SOURCE})
    again = admin.send("/allocation-policies", {"source": SOURCE.replace("200", "300")})
    assert (again.status_code, again.json()["code"]) == (409, "policy.version")
    assert admin.send("/allocation-policies", {"text": SOURCE}).json()["code"] == "request.unfit"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PLANNER, Role.ADMIN}))
def test_only_planners_and_admins_publish(centre: RunningCentre, role: Role) -> None:
    assert centre.as_(role).send("/allocation-policies", {"source": SOURCE}).status_code == 403
