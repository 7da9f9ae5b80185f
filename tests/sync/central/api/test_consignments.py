"""Consignments over HTTP: who may do what, for which sites, once for each key."""

from __future__ import annotations

from pathlib import Path

import httpx

from app.domain.clock import from_text
from sync.central.rules.access import Role
from sync.central.tokens import create
from tests.scenarios.floor import Floor, open_floor
from tests.scenarios.office import OWNER


def draft(floor: Floor, route: str = "donate") -> str:
    asked = {"owner": OWNER, "site": "WH1", "route": route, "counterpart": "X", "at": floor.now()}
    return str(floor.planner.post("/consignments", asked)["consignment"])


def test_a_draft_is_made_once_for_each_key_and_only_by_who_may(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        asked = {"owner": OWNER, "site": "WH1", "route": "donate", "counterpart": "X", "at": floor.now()}
        assert floor.service.send("/consignments", asked).status_code == 403
        first = floor.planner.send("/consignments", asked, key="once")
        again = floor.planner.send("/consignments", asked, key="once")
        assert (first.status_code, first.json()) == (201, again.json())
        assert len(floor.service.get("/consignments")["consignments"]) == 1
        assert floor.planner.send("/consignments", asked | {"route": "burn"}).status_code == 422


def test_each_step_has_its_people(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        code = draft(floor)
        may = {
            "pack": {"planner", "supervisor", "admin"},
            "depart": {"planner", "supervisor", "admin"},
            "reverse": {"planner", "supervisor", "admin"},
            "settle": {"finance", "planner", "supervisor", "admin"},
        }
        callers = {
            "admin": floor.admin,
            "service": floor.service,
            "planner": floor.planner,
            "supervisor": floor.supervisor,
            "finance": floor.finance,
        }
        for step, who in may.items():
            body = {"reason": "r"} if step == "reverse" else None
            let = {
                name
                for name, one in callers.items()
                if one.send(f"/consignments/{code}/{step}", body).status_code != 403
            }
            assert let == who, step


def test_filters_pages_and_papers_are_of_the_callers_sites(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        code = draft(floor)
        floor.admin.post(
            "/locations",
            {"locations": [{"code": "W2", "kind": "site", "name": "W2", "site": "WH2"}]},
        )
        with floor.database.write() as conn:
            token = create(
                conn,
                b"s" * 16,
                role=Role.SUPERVISOR,
                name="far",
                now=from_text(floor.now()),
                sites=["WH2"],
            )
        with httpx.Client(base_url=floor.base_url, headers={"Authorization": f"Bearer {token}"}) as far:
            assert far.get("/v1/consignments").json()["consignments"] == []
            for path in ("", "/donation.pdf", "/donation.csv"):
                answer = far.get(f"/v1/consignments/{code}{path}")
                assert (answer.status_code, answer.json()["code"]) == (403, "token.site"), path
            for step in ("pack", "cancel", "depart"):
                headers = {"Idempotency-Key": step}
                assert far.post(f"/v1/consignments/{code}/{step}", headers=headers).status_code == 403
        assert floor.service.get("/consignments", site="WH2")["consignments"] == []
        assert floor.service.get("/consignments", route="donate", state="drafted")["next"] is None
        assert floor.service.http.get("/v1/consignments/G-9-9").status_code == 404
        assert floor.service.http.get("/v1/consignments?state=gone").status_code == 422
