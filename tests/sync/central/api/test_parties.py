"""Owners, record owners and proposals over HTTP, with tokens named after systems."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre


def test_owners_go_in_and_come_out(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    acme = {"code": "ACME", "kind": "entity", "name": "Acme Ltd", "currency": "GBP"}
    assert planner.post("/owners", {"owners": [acme]}) == {"owners": ["ACME"]}
    assert planner.get("/owners") == {"owners": [acme | {"parent": None}], "unknown": []}
    wrong = planner.send("/owners", {"owners": [acme | {"currency": "pounds"}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "body.owners.0.currency")


def test_records_of_an_external_system_are_written_by_its_token_alone(centre: RunningCentre) -> None:
    planner, system = centre.as_(Role.PLANNER), centre.as_(Role.INTEGRATOR)
    planner.post("/record-owners", {"kind": "item", "owner": "external:integrator"})
    owners = planner.get("/record-owners")["record_owners"]
    assert [(o["kind"], o["owner"]) for o in owners] == [
        ("location", "centre"),
        ("item", "external:integrator"),
    ]
    assert system.post("/items", {"items": [{"sku": "A", "name": "A", "external_ids": {"ERP": "7"}}]}) == {
        "accepted": 1,
        "rejected": [],
    }
    assert [i["sku"] for i in planner.get("/items", external="ERP:7")["items"]] == ["A"]
    asked = planner.post("/items", {"items": [{"sku": "A", "name": "Other"}, {"sku": "B", "name": "B"}]})
    assert (asked["accepted"], [p["key"] for p in asked["proposed"]]) == (0, ["A", "B"])
    page = planner.get("/proposals", state="open", limit=1)
    assert (len(page["proposals"]), page["next"]) == (1, "1")
    assert [p["id"] for p in planner.get("/proposals", cursor=page["next"])["proposals"]] == [2]
    own = planner.send("/proposals/1/decision", {"decision": "accept"})
    assert (own.status_code, own.json()["code"]) == (403, "proposal.own")
    admin = centre.as_(Role.ADMIN)
    stranger = admin.send("/proposals/1/decision", {"decision": "accept"})
    assert (stranger.status_code, stranger.json()["code"]) == (403, "proposal.not_owner")
    assert system.post("/proposals/1/decision", {"decision": "accept"})["state"] == "accepted"
    assert planner.get("/items/A")["name"] == "Other"
    assert system.send("/proposals/1/decision", {"decision": "reject"}).status_code == 409


def test_a_sites_policy_is_kept_and_a_wrong_one_rejected(centre: RunningCentre) -> None:
    planner = centre.as_(Role.PLANNER)
    site = {
        "code": "WH1",
        "kind": "site",
        "name": "Leeds",
        "site": "WH1",
        "currency": "GBP",
        "zones": {"UK": {"base_minor": 295, "per_unit_minor": 20, "days": 2}},
        "cutoffs": [{"at": "15:30", "tz": "Europe/London", "zone": "UK"}],
    }
    answer = planner.post("/locations", {"locations": [site, site | {"code": "WH2", "currency": "x"}]})
    assert (answer["accepted"], answer["rejected"][0]["index"]) == (1, 1)
    assert "currency" in answer["rejected"][0]["reason"]
    assert planner.get("/locations")["locations"][0]["zones"] == site["zones"]
