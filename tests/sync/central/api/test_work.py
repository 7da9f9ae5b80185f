"""Work orders over HTTP: once for each key, by those who may, of the caller's sites."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.central.rules.access import Role
from tests.scenarios.floor import Floor, open_floor
from tests.scenarios.office import WORK


def opened(floor: Floor) -> str:
    """An opened mug set in refurbish stock; its order."""
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_B", "DONE")
    bench.sync()
    (order,) = floor.work()
    return str(order["work_order"])


def test_a_step_is_recorded_once_for_each_key_and_only_by_who_may(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        code = opened(floor)
        asked = {"result": "done", "cost_minor": 60, "at": floor.now()}
        assert floor.service.send(f"{WORK}/{code}/step", asked).status_code == 403
        first = floor.planner.send(f"{WORK}/{code}/step", asked, key="once")
        again = floor.planner.send(f"{WORK}/{code}/step", asked, key="once")
        assert first.json() == again.json()
        assert first.json()["turn"] == 2
        assert floor.planner.send(f"{WORK}/{code}/step", asked | {"result": "half"}).status_code == 422
        assert floor.planner.send(f"{WORK}/F-9-9/start", {"at": floor.now()}).status_code == 404
        early = floor.planner.send(f"{WORK}/{code}/finish", {"grade": "B", "at": floor.now()})
        assert (early.status_code, early.json()["code"]) == (409, "work.steps_open")


def test_an_end_is_taken_back_by_a_planner_or_a_supervisor(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        code = opened(floor)
        floor.works(code, "start")
        floor.works(code, "give-up", reason="A crack.")
        assert floor.stock("MUG-4") == {"Q-04 damaged": 1}
        asked = {"reason": "Only dirt.", "at": floor.now()}
        assert floor.admin.send(f"{WORK}/{code}/undo", asked | {"reason": ""}).status_code == 422
        assert floor.supervisor.post(f"{WORK}/{code}/undo", asked)["state"] == "started"
        assert floor.stock("MUG-4") == {"F-01 refurbish": 1}
        assert [order["work_order"] for order in floor.work(state="started")] == [code]
        assert floor.work(state="given_up") == []


@pytest.mark.parametrize("state", ["waiting", "1"])
def test_a_state_that_is_none_is_refused(tmp_path: Path, state: str) -> None:
    with open_floor(tmp_path) as floor:
        assert floor.service.http.get(f"/v1/work-orders?state={state}").status_code == 422


def test_another_site_neither_sees_nor_touches_it(tmp_path: Path) -> None:
    with open_floor(tmp_path) as floor:
        code = opened(floor)
        token = floor.admin.post("/tokens", {"role": Role.PLANNER, "name": "Kim", "sites": ["WH2"]})["token"]
        far, http = {"Authorization": f"Bearer {token}"}, floor.service.http
        assert http.get("/v1/work-orders", headers=far).json()["work_orders"] == []
        assert http.get(f"/v1/work-orders/{code}", headers=far).status_code == 403
        at = {"at": floor.now()}
        sent = {
            "start": at,
            "step": at | {"result": "done"},
            "finish": at | {"grade": "B"},
            "give-up": at | {"reason": "r"},
            "undo": at | {"reason": "r"},
        }
        for number, (step, body) in enumerate(sent.items()):
            headers = far | {"Idempotency-Key": f"k{number}"}
            answer = http.post(f"/v1/work-orders/{code}/{step}", json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "token.site"), step
        unit = at | {"owner": "ACME", "sku": "MUG-4", "label": floor.benches[0].labels[0]}
        answer = http.post("/v1/work-orders", json=unit, headers=far | {"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["code"]) == (403, "token.site")
