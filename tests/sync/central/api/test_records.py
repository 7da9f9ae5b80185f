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


def test_items_with_a_misspelt_field_or_an_unknown_category_are_named_and_the_others_taken(
    centre: RunningCentre,
) -> None:
    planner, supervisor = centre.as_(Role.PLANNER), centre.as_(Role.SUPERVISOR)
    supervisor.post("/policies", {"source": POLICY.format(version="7", b_as_new="true")})
    wrong: list[dict[str, object]] = [
        {"catgory": "toys"},
        {"category": "toyz"},
        {"kit": [{"sku": "A", "quantity": 1}]},
    ]
    sent: list[dict[str, object]] = [{"sku": sku, "name": sku} for sku in "ABCDE"]
    for n, more in enumerate(wrong, 1):
        sent[n].update(more)
    answer = planner.post("/items", {"items": sent})
    assert answer["accepted"] == 2
    assert [(no["index"], no["code"]) for no in answer["rejected"]] == [
        (1, "item.field_unknown"),
        (2, "item.category_unknown"),
        (3, "item.field_unknown"),
    ]
    assert answer["rejected"][2]["reason"].startswith("items[3].kit[0]")
    assert [item["sku"] for item in planner.get("/items")["items"]] == ["A", "E"]
    schemas = planner.http.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["Items"]["properties"]["items"]["items"]["properties"]["category"]["type"] == "string"
