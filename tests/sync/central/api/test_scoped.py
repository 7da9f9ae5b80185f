"""A token of one site is held to it by every route that names a site or a location."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sync.central.rules.access import Role
from tests.centre import RunningCentre

AT = "2026-01-01T00:00:00Z"
LINE = {"line": 1, "sku": "A", "qty": 2}
COUNTED = {"line": 1, "sku": "A", "difference": 1, "reason": "found"}


class Sites:
    """A centre of two sites, and callers of the first alone."""

    def __init__(self, centre: RunningCentre) -> None:
        self.centre = centre
        admin = centre.as_(Role.ADMIN)
        admin.post("/items", {"items": [{"sku": "A", "name": "A"}]})
        places = [{"code": f"{s}-1", "kind": "bin", "name": s, "site": s} for s in ("ONE", "TWO")]
        admin.post("/locations", {"locations": places})
        self._keys = 0

    def token(self, role: str) -> str:
        self._keys += 1
        asked = {"role": role, "name": f"{role}-{self._keys}", "sites": ["ONE"]}
        answer = self.centre.as_(Role.ADMIN).post("/tokens", asked)
        assert answer["sites"] == ["ONE"]
        return str(answer["token"])

    def send(self, role: str, path: str, body: Any = None) -> httpx.Response:
        self._keys += 1
        headers = {"Authorization": f"Bearer {self.token(role)}", "Idempotency-Key": f"k{self._keys}"}
        method = "GET" if body is None else "POST"
        return httpx.request(
            method, f"{self.centre.base_url}/v1{path}", json=body, headers=headers, timeout=30
        )


@pytest.fixture
def sites(centre: RunningCentre) -> Sites:
    return Sites(centre)


def receipt(place: str) -> dict[str, Any]:
    return {"document": "PO", "owner": "ACME", "location": place, "at": AT, "lines": [LINE]}


def count(place: str) -> dict[str, Any]:
    return {"document": "C", "owner": "ACME", "location": place, "at": AT, "lines": [COUNTED]}


def write_off(place: str) -> dict[str, Any]:
    return {"owner": "ACME", "sku": "A", "qty": 1, "location": place, "reason": "broken", "at": AT}


def back(place: str) -> dict[str, Any]:
    lines = [LINE | {"reason": "late"}]
    site = place.partition("-")[0]
    return {
        "owner": "ACME",
        "customer": "c",
        "at": AT,
        "site": site,
        "match": "customer_sales",
        "lines": lines,
    }


def located(place: str) -> dict[str, Any]:
    site = place.partition("-")[0]
    return {"locations": [{"code": f"{site}-9", "kind": "bin", "name": "x", "site": site}]}


def bench(place: str) -> dict[str, Any]:
    return {"name": "Bench", "site": place.partition("-")[0], "owner": "ACME"}


@pytest.mark.parametrize(
    ("role", "path", "body"),
    [
        ("planner", "/receipts", receipt),
        ("planner", "/counts", count),
        ("planner", "/write-offs", write_off),
        ("planner", "/returns", back),
        ("planner", "/locations", located),
        ("admin", "/enrolment-codes", bench),
    ],
)
def test_a_command_is_taken_at_its_own_site_only(sites: Sites, role: str, path: str, body: Any) -> None:
    own = sites.send(role, path, body("ONE-1"))
    assert own.status_code in {200, 201}, own.text
    other = sites.send(role, path, body("TWO-1"))
    assert (other.status_code, other.json()["code"]) == (403, "token.site")
    assert sites.centre.as_(Role.AUDITOR).get("/audit")["holds"]


def test_a_command_that_would_choose_the_place_is_for_tokens_of_all_sites(sites: Sites) -> None:
    assert sites.send("planner", "/receipts", receipt("ONE-1")).status_code == 201
    for path, body in (
        ("/write-offs", write_off("ONE-1") | {"location": None}),
        ("/returns", back("ONE-1") | {"site": None}),
    ):
        assert sites.send("planner", path, body).json()["code"] == "token.site"


def test_a_location_is_not_taken_from_another_site(sites: Sites) -> None:
    taken = {"locations": [{"code": "TWO-1", "kind": "bin", "name": "mine", "site": "ONE"}]}
    assert sites.send("planner", "/locations", taken).json()["code"] == "token.site"
    listed = sites.send("planner", "/locations").json()["locations"]
    assert [place["code"] for place in listed] == ["ONE-1"]


def test_what_is_elsewhere_is_neither_shown_nor_decided(sites: Sites) -> None:
    planner, supervisor = sites.centre.as_(Role.PLANNER), {"decision": "reject", "at": AT}
    for place, status in (("ONE-1", 200), ("TWO-1", 403)):
        planner.post("/receipts", receipt(place))
        code = planner.post("/write-offs", write_off(place))["write_off"]
        assert sites.send("planner", f"/write-offs/{code}").status_code == status
        assert sites.send("supervisor", f"/write-offs/{code}/decision", supervisor).status_code == status
        rma = planner.post("/orders", order(place)) and planner.post("/returns", of_order(place))["rma"]
        assert sites.send("service", f"/returns/{rma}").status_code == status


def order(place: str) -> dict[str, Any]:
    line = LINE | {"qty": 1}
    return {"order": place, "owner": "ACME", "channel": "web", "at": AT, "ship": "available", "lines": [line]}


def of_order(place: str) -> dict[str, Any]:
    return back(place) | {"match": "order", "order": place, "lines": [LINE | {"qty": 1, "reason": "late"}]}


def test_nobody_makes_a_token_for_more_than_they_have(sites: Sites) -> None:
    for given, status in ((["ONE"], 201), (["ONE", "TWO"], 403), (None, 403)):
        answer = sites.send("admin", "/tokens", {"role": "planner", "name": f"n-{given}", "sites": given})
        assert answer.status_code == status
    assert sites.send("admin", "/tokens", {"role": "planner", "name": "n", "sites": []}).status_code == 422
