"""Waves: who ranks higher is served first, each order leaves from where it should, and everything adds up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.allocation_policies import publish
from sync.central.commands.catalogue import put_locations
from sync.central.commands.waves import wave_document
from sync.central.rules.outcomes import Missing
from sync.central.store.claims import of_document
from tests.sync.central.shop import Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


LATE = 500
POLICY = f'kind = "allocation"\nversion = "1"\n[sourcing]\nlateness_minor_per_day = {LATE}\n'


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Five of A and one of B at WH1; three of A and two of B at WH2."""
    shop.items("A", "B", KIT)
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 5, "B": 1})
    shop.receive({"A": 3, "B": 2}, place="WH2-A")
    return shop


def site(shop: Shop, code: str, **policy: Any) -> None:
    """Gives a site a document with its policy."""
    document = {"code": code, "kind": "site", "name": code, "site": code, "currency": "GBP"} | policy
    assert shop.act(lambda act: put_locations(act, [document]))["rejected"] == []


def sent(answer: Any) -> dict[str, list[tuple[str, dict[str, int]]]]:
    """Sites and units by order."""
    found: dict[str, list[tuple[str, dict[str, int]]]] = {}
    for parcel in answer["parcels"]:
        units = {line["sku"]: line["qty"] for line in parcel["lines"]}
        found.setdefault(parcel["order"], []).append((parcel["site"], units))
    return found


def test_an_order_leaves_in_one_parcel_where_one_site_has_it_all(stocked: Shop) -> None:
    stocked.order({"A": 2, "B": 2})
    answer = stocked.wave()
    assert sent(answer) == {"o1": [("WH2", {"A": 2, "B": 2})]}
    assert stocked.ask(lambda conn: wave_document(conn, answer["wave"])) == answer
    parcel = answer["parcels"][0]["parcel"]
    assert stocked.parcel(parcel)["wave"] == answer["wave"]
    assert any(said.startswith(f"Parcel {parcel} leaves from WH2") for said in stocked.why("o1"))
    assert any("WH1 does not have 2 of B" in said for said in stocked.why("o1"))


def test_what_is_released_is_not_released_again(stocked: Shop) -> None:
    stocked.order({"A": 2})
    assert len(stocked.wave()["parcels"]) == 1
    assert stocked.wave()["parcels"] == []


def test_a_line_that_no_site_has_whole_leaves_in_parts(stocked: Shop) -> None:
    stocked.order({"A": 7})
    assert sorted(sent(stocked.wave())["o1"]) == [("WH1", {"A": 5}), ("WH2", {"A": 2})]


def test_an_order_of_most_one_parcel_is_not_split(stocked: Shop) -> None:
    stocked.order({"A": 7, "B": 1}, most_parcels=1)
    answer = stocked.wave()
    assert len(sent(answer)["o1"]) == 1
    assert answer["left"][0]["sku"] == "A"


def test_soft_claims_go_to_who_ranks_higher(stocked: Shop) -> None:
    stocked.order({"A": 6}, claim="soft", priority=50, day=3)
    stocked.order({"A": 4}, claim="soft", priority=10, day=4)
    assert (stocked.line("o1")[0], stocked.line("o2")[0]) == (6, 2)
    answer = stocked.wave()
    assert [(shift["order"], shift["units"]) for shift in answer["rebalanced"]] == [("o2", 2), ("o1", -2)]
    assert sum(units["A"] for _, units in sent(answer)["o2"]) == 4
    assert sum(units["A"] for _, units in sent(answer)["o1"]) == 4
    said = " ".join(stocked.why("o1"))
    assert "2 of A were lost when wave" in said
    assert "order o2 (priority 10, placed 2026-01-04 09:00 UTC) gained 2" in said


def test_hard_claims_stand(stocked: Shop) -> None:
    stocked.order({"A": 6}, claim="hard", priority=50)
    stocked.order({"A": 4}, claim="soft", priority=10)
    answer = stocked.wave()
    assert answer["rebalanced"] == []
    assert (stocked.line("o1")[0], stocked.line("o2")[0]) == (6, 2)


def test_orders_beyond_the_horizon_stay_and_lose_nothing_to_it(stocked: Shop) -> None:
    stocked.order({"A": 6}, claim="soft", priority=50, wanted_by="2027-01-20T00:00:00Z")
    stocked.order({"A": 4}, claim="soft", priority=10)
    answer = stocked.wave(horizon=2)
    assert sent(answer) == {"o2": [("WH1", {"A": 2})]}
    assert stocked.line("o1")[0] == 6


def test_blocked_orders_and_those_that_ship_as_stock_comes_stay(stocked: Shop) -> None:
    stocked.order({"A": 2}, claim="soft")
    stocked.order({"A": 9}, ship="available")
    stocked.block("o1", "review")
    assert stocked.wave()["parcels"] == []
    assert stocked.line("o1")[0] == 2


def test_an_order_that_is_to_be_complete_waits_until_it_is(stocked: Shop) -> None:
    stocked.order({"A": 2, "B": 4}, fill="complete", claim="soft")
    stocked.order({"A": 1})
    assert list(sent(stocked.wave())) == ["o2"]
    stocked.receive({"B": 1})
    assert sorted(sent(stocked.wave())["o1"]) == [("WH1", {"A": 2, "B": 2}), ("WH2", {"B": 2})]


def test_the_first_orders_by_rank(stocked: Shop) -> None:
    for day in (5, 4, 3):
        stocked.order({"A": 1}, day=day)
    assert sorted(sent(stocked.wave(max_orders=2))) == ["o2", "o3"]


def test_only_the_sites_that_are_asked_for(stocked: Shop) -> None:
    stocked.order({"A": 2})
    stocked.order({"A": 6})
    assert sent(stocked.wave(sites=["WH2"])) == {"o1": [("WH2", {"A": 2})], "o2": [("WH2", {"A": 1})]}
    with pytest.raises(Refused) as no:
        stocked.wave(sites=["WH9"])
    assert no.value.code == "site.unknown"


def test_an_order_bound_to_a_site_leaves_from_there(stocked: Shop) -> None:
    stocked.order({"A": 1}, site="WH2")
    stocked.order({"B": 1})
    assert sent(stocked.wave())["o1"] == [("WH2", {"A": 1})]


def test_the_cheaper_site_ships_until_its_people_are_busy(stocked: Shop) -> None:
    zones = {"GB": {"base_minor": 400, "per_unit_minor": 10}}
    site(stocked, "WH1", zones=zones)
    site(stocked, "WH2", zones={"GB": {"base_minor": 300}}, labour_units_per_day=1)
    for _ in range(2):
        stocked.order({"A": 1}, zone="GB")
    stocked.order({"A": 1}, zone="FR")
    answer = stocked.wave()
    assert sent(answer) == {"o1": [("WH2", {"A": 1})], "o2": [("WH1", {"A": 1})]}
    assert answer["left"] == [{"order": "o3", "line": 1, "sku": "A", "qty": 1, "why": "no site sends it"}]
    assert any("WH2 can pack no more parcels today" in said for said in stocked.why("o2"))
    assert any("The runner-up was WH1, at a cost of 410" in said for said in stocked.why("o1"))
    stocked.order({"A": 1}, zone="GB")
    assert sent(stocked.wave())["o4"] == [("WH1", {"A": 1})]


@pytest.mark.parametrize("method", ["greedy", "optimise"])
@pytest.mark.parametrize(("service", "place"), [("standard", "WH1"), ("next_day", "WH2")])
def test_a_site_past_its_cut_off_costs_what_a_day_late_costs(
    stocked: Shop, method: str, service: str, place: str
) -> None:
    stocked.clock.at = datetime(2026, 12, 1, 14, tzinfo=UTC)
    stocked.act(lambda act: publish(act, POLICY))
    zones = {"GB": {"base_minor": 300}}, {"GB": {"base_minor": 400}}
    until = [
        {"at": "18:00", "tz": "Europe/London"},
        {"at": "12:00", "tz": "Europe/London", "service": "next_day"},
    ]
    site(stocked, "WH1", zones=zones[0], cutoffs=until)
    site(stocked, "WH2", zones=zones[1], cutoffs=until[:1])
    stocked.order({"A": 1}, zone="GB", service_level=service, wanted_by="2026-12-01T12:00:00Z")
    (parcel,) = stocked.wave(method=method, seconds=1)["parcels"]
    assert (parcel["site"], parcel["leaves"]) == (place, "2026-12-01")


def test_a_parcel_from_a_site_past_its_cut_off_leaves_the_next_day(stocked: Shop) -> None:
    stocked.clock.at = datetime(2026, 12, 1, 14, tzinfo=UTC)
    stocked.act(lambda act: publish(act, POLICY))
    site(stocked, "WH1", cutoffs=[{"at": "12:00", "tz": "Europe/London", "zone": "GB"}])
    stocked.order({"A": 5}, zone="GB", wanted_by="2026-12-01T12:00:00Z")
    answer = stocked.wave()
    assert [parcel["leaves"] for parcel in answer["parcels"]] == ["2026-12-02"]
    assert answer["cost_minor"] == LATE
    assert any("leaves from WH1 on 2026-12-02" in said for said in stocked.why("o1"))


def test_costs_in_two_currencies_are_not_weighed(stocked: Shop) -> None:
    site(stocked, "WH1", zones={"GB": {"base_minor": 1}})
    site(stocked, "WH2", zones={"GB": {"base_minor": 1}}, currency="EUR")
    stocked.order({"A": 1}, zone="GB")
    with pytest.raises(Refused) as no:
        stocked.wave()
    assert no.value.code == "wave.currencies"


def test_kits_leave_from_where_they_can_be_put_together(stocked: Shop) -> None:
    # What is promised can leave: components that stand at different sites make no kit.
    assert stocked.atp("KIT") == 2
    stocked.order({"KIT": 3})
    assert stocked.line("o1") == (2, 0, 1, 0)
    answer = stocked.wave()
    assert sorted(sent(answer)["o1"]) == [("WH1", {"KIT": 1}), ("WH2", {"KIT": 1})]
    assert answer["left"] == []
    for parcel in answer["parcels"]:
        stocked.pick(parcel["parcel"])
        stocked.send(parcel["parcel"])
    assert stocked.line("o1") == (0, 2, 1, 0)


def test_a_kit_whose_parcel_is_taken_apart_stays_claimed_where_it_was(stocked: Shop) -> None:
    stocked.order({"KIT": 2}, claim="soft")
    for parcel in stocked.wave()["parcels"]:
        stocked.take_apart(parcel["parcel"])
    rows = stocked.ask(lambda conn: of_document(conn, "order:o1"))
    assert {(row.item, row.site, row.claim) for row in rows} == {
        (item, site, "soft") for item in "AB" for site in ("WH1", "WH2")
    }
    assert len(sent(stocked.wave())["o1"]) == 2


def test_named_serials_and_lots_leave_from_where_they_are(shop: Shop) -> None:
    shop.items({"sku": "S", "name": "S", "tracking": "serial"}, "A")
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"S": 1}, serials=["s1"])
    shop.receive({"S": 1}, serials=["s2"], place="WH2-A")
    shop.receive({"A": 5}, lot="l1")
    shop.receive({"A": 5}, lot="l2", place="WH2-A")
    shop.order(
        [
            {"line": 1, "sku": "S", "qty": 2, "serials": ["s1", "s2"]},
            {"line": 2, "sku": "A", "qty": 2, "lot": "l2"},
        ]
    )
    assert sorted(sent(shop.wave())["o1"]) == [("WH1", {"S": 1}), ("WH2", {"S": 1, "A": 2})]


def test_a_wave_as_a_whole_is_never_dearer_than_strict_order(stocked: Shop) -> None:
    site(stocked, "WH1", zones={"GB": {"base_minor": 100}, "FR": {"base_minor": 100}})
    site(stocked, "WH2", zones={"GB": {"base_minor": 110}, "FR": {"base_minor": 900}})
    stocked.order({"A": 5}, zone="GB", day=3)
    stocked.order({"A": 3}, zone="FR", day=4)
    answer = stocked.wave(method="optimise", seconds=5)
    assert answer["gain"]["wave_minor"] <= answer["gain"]["strict_minor"]
    assert sum(units["A"] for parcels in sent(answer).values() for _, units in parcels) == 8


def test_units_that_another_order_needs_at_a_site_are_not_taken_from_it(stocked: Shop) -> None:
    stocked.order({"A": 5}, site="WH1")
    stocked.order({"A": 3})
    stocked.block("o1", "fraud")
    assert sent(stocked.wave()) == {"o2": [("WH2", {"A": 3})]}
    stocked.unblock("o1")
    assert sent(stocked.wave()) == {"o1": [("WH1", {"A": 5})]}


def test_what_is_past_its_date_holds_no_other_order_up(shop: Shop) -> None:
    shop.items({"sku": "L", "name": "L", "tracking": "lot"}, "A")
    shop.receive({"A": 2})
    shop.receive({"L": 5}, lot="x")
    shop.dated("L", x=shop.clock.now().date().isoformat())
    shop.order({"L": 5, "A": 1}, day=3)
    shop.order({"A": 1}, day=4)
    shop.clock.pass_by(days=1)
    assert sent(shop.wave()) == {"o1": [("WH1", {"A": 1})], "o2": [("WH1", {"A": 1})]}
    assert shop.line("o1") == (0, 0, 5, 0)
    assert shop.cases() == ["promise.lost"]


def test_what_takes_the_place_of_an_order_past_its_date_is_looked_at_too(shop: Shop) -> None:
    shop.items(
        {"sku": "L", "name": "L", "tracking": "lot"}, {"sku": "M", "name": "M", "tracking": "lot"}, "A"
    )
    shop.receive({"L": 1, "M": 1}, lot="x")
    shop.receive({"A": 1})
    today = shop.clock.now().date().isoformat()
    shop.dated("L", x=today)
    shop.dated("M", x=today)
    for day, sku in ((3, "L"), (4, "M"), (5, "A")):
        shop.order({sku: 1}, day=day)
    shop.clock.pass_by(days=1)
    assert sent(shop.wave(max_orders=1)) == {"o3": [("WH1", {"A": 1})]}


def test_a_limit_of_parcels_holds_over_all_waves(stocked: Shop) -> None:
    stocked.order({"A": 9}, most_parcels=2)
    first = stocked.wave()["parcels"]
    assert len(first) == 2
    second = first[1]["parcel"]
    stocked.receive({"A": 1})
    assert (stocked.wave()["parcels"], stocked.line("o1")) == ([], (9, 0, 0, 0))
    stocked.take_apart(second)
    assert len(stocked.wave()["parcels"]) == 1


def test_what_is_still_to_come_does_not_make_an_order_complete(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 5})
    shop.order({"A": 10}, fill="complete")
    shop.claim_supply("o1", 5)
    shop.receive({"A": 5})
    assert (shop.line("o1"), shop.wave()["parcels"]) == ((10, 0, 0, 0), [])
    shop.came({"A": 5})
    assert sent(shop.wave()) == {"o1": [("WH1", {"A": 10})]}


def test_a_wave_that_nobody_released_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.ask(lambda conn: wave_document(conn, "V-9-9"))
