"""Deny by default: every route stands in the table, and every role meets exactly what the table says."""

from __future__ import annotations

import re

import pytest

from sync.central.rules.access import ROUTES, Open, Role, allowed
from tests.centre import RunningCentre


def routes_of(centre: RunningCentre) -> set[tuple[str, str]]:
    document = centre.as_(Role.ADMIN).http.get("/openapi.json").json()
    return {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}


def test_the_table_has_exactly_the_routes_that_are_served(centre: RunningCentre) -> None:
    assert routes_of(centre) | {("GET", "/openapi.json")} == set(ROUTES)


def test_a_route_that_is_not_in_the_table_is_nobodys() -> None:
    assert allowed("DELETE", "/v1/items") == frozenset()


def test_only_supervisors_decide_about_write_offs() -> None:
    assert allowed("POST", "/v1/write-offs/{code}/decision") == frozenset({Role.SUPERVISOR})


def test_an_auditor_changes_nothing() -> None:
    may = [route for route, who in ROUTES.items() if not isinstance(who, Open) and Role.AUDITOR in who]
    # But that their own token ends.
    assert {method for method, path in may if path != "/v1/sign-out"} == {"GET"}


def test_without_a_token_nothing_is_read_or_done(centre: RunningCentre) -> None:
    http = centre.as_(Role.ADMIN).http
    http.headers.pop("Authorization")
    for (method, path), who in ROUTES.items():
        if not isinstance(who, Open):
            answer = http.request(method, filled(path), json={})
            assert (answer.status_code, answer.json()["code"]) == (401, "token.unknown"), path
            assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearerabc", "Basic abc", "Bearer 0123", "Bearer 'or 1=1"])
def test_what_is_no_token_opens_nothing(centre: RunningCentre, header: str) -> None:
    http = centre.as_(Role.ADMIN).http
    http.headers["Authorization"] = header
    assert http.get("/v1/items").status_code == 401


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_denied_exactly_what_is_not_its_own(centre: RunningCentre, role: Role) -> None:
    http = centre.as_(role).http
    for (method, path), who in ROUTES.items():
        if isinstance(who, Open):
            continue
        # An empty body is unfit for every command: who is let in meets that, or a record that is not there.
        answer = http.request(method, filled(path), json=[] if method == "POST" else None)
        if role in who:
            assert answer.status_code in {200, 404, 422}, (method, path, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "token.role"), (method, path)


def filled(path: str) -> str:
    return re.sub(r"\{number\}", "1", re.sub(r"\{(?!number)\w+\}", "x", path))
