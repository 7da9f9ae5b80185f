"""Items, locations and policies over HTTP."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre
from tests.sync.central.shop import POLICY


def test_items_go_in_and_come_out_page_by_page(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    answer = planner.post(
        "/items", {"items": [{"sku": sku, "name": sku} for sku in "CAB"] + [{"sku": "bad"}]}
    )
    assert (answer["accepted"], answer["rejected"][0]["index"]) == (3, 3)
    first = planner.get("/items", limit=2)
    assert [item["sku"] for item in first["items"]] == ["A", "B"]
    assert [item["sku"] for item in planner.get("/items", limit=2, cursor=first["next"])["items"]] == ["C"]
    assert planner.get("/items/C")["name"] == "C"


def test_locations_go_in_and_come_out(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    place = {"code": "B1", "kind": "bin", "name": "Bin", "site": "WH1"}
    assert planner.post("/locations", {"locations": [place, {"code": "B2"}]})["accepted"] == 1
    assert planner.get("/locations")["locations"] == [place | {"parent": None}]


def test_a_policy_goes_in_force(centre: RunningCentre) -> None:
    supervisor = centre.as_(Role.SUPERVISOR)
    assert supervisor.http.get("/v1/policies/current").status_code == 404
    source = POLICY.format(version="7", b_as_new="true")
    assert supervisor.post("/policies", {"source": source}) == {"version": "7", "grades": ["A", "B"]}
    assert supervisor.get("/policies/current")["source"] == source
    broken = supervisor.send("/policies", {"source": source.replace("[[rule]]", "[[rules]]")})
    assert broken.status_code == 422


def test_too_many_records_in_one_call_are_refused(centre: RunningCentre) -> None:
    answer = centre.as_(Role.PLANNER).send("/items", {"items": [{}] * 5_001})
    assert answer.json()["code"] == "request.unfit"


def test_a_misspelt_field_or_an_unknown_category_refuses_the_call(centre: RunningCentre) -> None:
    planner, supervisor = centre.as_(Role.PLANNER), centre.as_(Role.SUPERVISOR)
    supervisor.post("/policies", {"source": POLICY.format(version="7", b_as_new="true")})
    for wrong, code in (
        ({"catgory": "toys"}, "item.field_unknown"),
        ({"category": "toyz"}, "item.category_unknown"),
    ):
        sent = [{"sku": "A", "name": "A"}, {"sku": "B", "name": "B"} | wrong]
        no = planner.send("/items", {"items": sent})
        assert (no.status_code, no.json()["code"]) == (422, code)
        assert no.json()["read"].startswith("items[1]")
        assert planner.get("/items")["items"] == []
    schemas = planner.http.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["Items"]["properties"]["items"]["items"]["properties"]["category"]["type"] == "string"
