"""A transfer takes its units from one place to another, and at every step they are somewhere exactly once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.refusal import Refused
from sync.central.rules.explain import sentences
from sync.central.rules.outcomes import Declined
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.decisions import about
from sync.central.store.tables import account, balance, exception
from tests.sync.central.shop import PLACE, Shop, at, open_shop

LANE = "@transit:WH1>WH2"


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items(
            "A",
            {"sku": "B", "name": "B", "value_minor": 700},
            {"sku": "S", "name": "S", "tracking": "serial"},
        )
        found.sites(**{"WH2-A": "WH2"})
        yield found


def stock(shop: Shop, sku: str = "A") -> dict[str, int]:
    """Units by place, sellable or not; ends outside without the lanes are left out."""
    asked = select(balance.c.qty, *ACCOUNT_COLUMNS).join_from(
        balance, account, balance.c.account == account.c.id
    )
    found: dict[str, int] = {}
    for qty, *parts in shop.ask(lambda conn: conn.execute(asked.where(account.c.item == sku)).all()):
        held: Account = account_of(parts)
        if held.status is not None:
            name = (
                held.location
                if held.status in {Status.SELLABLE, Status.IN_TRANSIT}
                else f"{held.location} {held.status}"
            )
            found[name] = found.get(name, 0) + qty
    return found


def refused(do: Any) -> str:
    with pytest.raises(Refused) as no:
        do()
    return no.value.code


def test_units_are_in_one_place_at_every_step(shop: Shop) -> None:
    shop.receive({"A": 10})
    answer = shop.draft({"A": 6})
    assert (answer["state"], shop.atp("A"), stock(shop)) == ("drafted", 10, {PLACE: 10})
    assert shop.step("approve")["lines"][0]["claimed"] == 6
    assert (shop.atp("A"), stock(shop)) == (4, {PLACE: 10})
    assert shop.step("pick")["state"] == "picked"
    answer = shop.step("ship")
    assert (answer["state"], answer["lines"][0]["on_the_way"]) == ("shipped", 6)
    assert (shop.atp("A"), stock(shop)) == (4, {PLACE: 4, LANE: 6})
    shop.step("depart")
    shop.step("arrive")
    assert shop.atp("A") == 4
    answer = shop.take_in()
    assert (answer["state"], answer["lines"][0]["received"]) == ("received", 6)
    assert (shop.atp("A"), stock(shop)) == (10, {PLACE: 4, "WH2-A": 6})
    assert shop.step("close")["state"] == "closed"
    assert shop.cases() == []
    assert [entry["milestone"] for entry in shop.transfer()["milestones"]] == [
        "drafted",
        "approved",
        "picked",
        "shipped",
        "in_transit",
        "arrived",
        "received",
        "closed",
    ]


def test_approval_is_all_or_nothing_and_says_why(shop: Shop) -> None:
    shop.receive({"A": 10, "B": 1})
    shop.order({"A": 6})
    shop.draft({"A": 5, "B": 1})
    answer = shop.step("approve")
    assert isinstance(answer, Declined)
    assert (answer.code, shop.transfer()["state"]) == ("transfer.not_available", "drafted")
    assert (shop.atp("A"), shop.atp("B")) == (4, 1)
    shop.cancel("o1")
    shop.step("approve")
    told = shop.ask(lambda conn: about(conn, "transfer:T-A"))
    said = [sentence for entry in told for sentence in sentences(entry["kind"], entry["document"])]
    assert said[0].startswith("Line 1: 4 of 5 of A (from site WH1) could have been promised.")
    assert any(sentence.startswith("Line 1: all 5 of A (from site WH1) were promised.") for sentence in said)


def test_units_of_another_site_are_not_claimed(shop: Shop) -> None:
    shop.receive({"A": 10}, place="WH2-A")
    shop.draft({"A": 1})
    assert isinstance(shop.step("approve"), Declined)


@pytest.mark.parametrize(
    ("lines", "more", "code"),
    [
        ({"A": 1}, {"target": "WH1"}, "transfer.nowhere"),
        ({"A": 1}, {"target": "WH9"}, "site.unknown"),
        ({"X": 1}, {}, "item.unknown"),
        ([{"line": 1, "sku": "A", "qty": 1}] * 2, {}, "lines.numbers"),
        ([{"line": n, "sku": "A", "qty": 1} for n in (1, 2)], {}, "transfer.lines"),
        (
            [{"line": n, "sku": "A", "qty": 1, "lot": lot} for n, lot in ((1, "L"), (2, None))],
            {},
            "transfer.lines",
        ),
        ({"A": 1}, {"code": "T-B"}, "transfer.exists"),
    ],
)
def test_what_cannot_be_sent_is_refused(shop: Shop, lines: Any, more: Any, code: str) -> None:
    shop.draft({"A": 1}, "T-B")
    assert refused(lambda: shop.draft(lines, **more)) == code


def test_a_code_is_given_when_none_is_asked_for(shop: Shop) -> None:
    assert shop.draft({"A": 1}, code=None)["transfer"].startswith("T-1-")


def test_picks_and_shipments_in_parts(shop: Shop) -> None:
    shop.receive({"A": 10, "B": 4})
    shop.draft({"A": 6, "B": 4})
    shop.step("approve")
    shop.step("pick", n1=2)
    assert refused(lambda: shop.step("pick", n1=5)) == "transfer.not_there"
    assert refused(lambda: shop.step("pick", n9=1)) == "transfer.line.unknown"
    shop.step("pick")
    assert refused(lambda: shop.step("pick")) == "transfer.nothing"
    shop.step("ship", n1=5)
    shop.step("ship", n2=4)
    assert [line["on_the_way"] for line in shop.transfer()["lines"]] == [5, 4]
    shop.step("ship")
    assert refused(lambda: shop.step("ship")) == "transfer.nothing"


def test_what_does_not_leave_with_it_is_free_again(shop: Shop) -> None:
    shop.receive({"A": 6})
    shop.order({"A": 1})
    shop.draft({"A": 5})
    shop.step("approve")
    shop.order({"A": 2})
    shop.step("pick", n1=3)
    shop.step("ship")
    assert shop.line("o2") == (0, 0, 2, 0)
    shop.step("depart")
    assert shop.line("o2") == (2, 0, 0, 0)


def test_cancelling_gives_everything_back_before_it_left(shop: Shop) -> None:
    shop.receive({"A": 6})
    shop.draft({"A": 5})
    shop.step("approve")
    shop.step("pick")
    assert (shop.step("cancel")["state"], shop.atp("A")) == ("cancelled", 6)
    assert refused(lambda: shop.step("approve")) == "transfer.not_approved"
    shop.sent({"A": 5}, "T-B")
    assert refused(lambda: shop.step("cancel", "T-B")) == "transfer.not_cancelled"
    assert refused(lambda: shop.step("cancel", "T-C")) == "transfer.unknown"


def test_what_never_arrives_is_booked_out_with_its_worth(shop: Shop) -> None:
    shop.receive({"A": 6, "B": 3})
    shop.sent({"A": 5, "B": 3})
    shop.take_in({"line": 1, "qty": 5}, {"line": 2, "qty": 1})
    assert stock(shop, "B") == {LANE: 2, "WH2-A": 1}
    answer = shop.step("close")
    assert [line["short"] for line in answer["lines"]] == [0, 2]
    assert stock(shop, "B") == {"WH2-A": 1}
    asked = select(exception.c.type, exception.c.money_minor, exception.c.subject)
    assert shop.ask(lambda conn: conn.execute(asked).all()) == [("transfer.short", 1400, "transfer:T-A")]


def test_a_count_that_finds_less_takes_a_claim_back_and_it_is_claimed_again(shop: Shop) -> None:
    shop.receive({"A": 6})
    shop.draft({"A": 5})
    shop.step("approve")
    shop.count("A", -3)
    assert shop.transfer()["lines"][0]["claimed"] == 3
    shop.receive({"A": 4})
    assert shop.step("approve")["lines"][0]["claimed"] == 5


def test_units_counted_away_after_they_were_picked_do_not_leave(shop: Shop) -> None:
    shop.receive({"A": 6})
    shop.draft({"A": 5})
    shop.step("approve")
    shop.step("pick")
    shop.count("A", -3)
    assert shop.step("ship")["lines"][0]["shipped"] == 3
    assert shop.cases() == ["promise.lost"]


def test_lots_serials_labels_and_grades_go_along(shop: Shop) -> None:
    shop.policy(b_as_new=True)
    shop.receive({"A": 3}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.receive({"S": 2}, serials=["s1", "s2"])
    shop.sent([{"line": 1, "sku": "A", "qty": 2, "lot": "L2"}, {"line": 2, "sku": "S", "qty": 2}])
    shop.take_in()
    found = shop.ask(lambda conn: conn.execute(select(account).where(account.c.location == "WH2-A")).all())
    assert sorted((row.item, row.lot, row.serial) for row in found) == [
        ("A", "L2", ""),
        ("S", "", "s1"),
        ("S", "", "s2"),
    ]


def test_a_returned_unit_keeps_its_label_and_grade(shop: Shop) -> None:
    shop.policy(b_as_new=True)
    shop.sites(**{"R-03": "WH1"})
    shop.disposition("A", 1, grade="B", label="L07-9-X")
    shop.sent({"A": 1})
    shop.take_in()
    found = shop.ask(lambda conn: conn.execute(select(account).where(account.c.location == "WH2-A")).one())
    assert (found.label, found.grade, found.status) == ("L07-9-X", "B", "sellable")


def test_two_transfers_of_one_lane_stay_apart(shop: Shop) -> None:
    shop.receive({"A": 3}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.sent([{"line": 1, "sku": "A", "qty": 3, "lot": "L1"}])
    shop.sent([{"line": 1, "sku": "A", "qty": 3, "lot": "L2"}], "T-B")
    shop.take_in(code="T-B")
    shop.step("close")
    assert (stock(shop), shop.cases()) == ({"WH2-A": 3}, ["transfer.short"])
    found = shop.ask(
        lambda conn: conn.execute(select(account.c.lot).where(account.c.location == "WH2-A")).all()
    )
    assert found == [("L2",)]


def test_ages_and_alarms_follow_the_clock(shop: Shop) -> None:
    shop.receive({"A": 3})
    shop.draft({"A": 1}, due=at(30))
    shop.clock.pass_by(hours=30)
    shop.step("approve")
    shop.clock.pass_by(hours=2)
    found = shop.transfer(limit_hours=24)
    assert found["age_seconds"] == {
        "total": 115200,
        "present": 7200,
        "at": {"drafted": 108000, "approved": 7200},
    }
    assert found["alarms"] == ["Transfer T-A was drafted for 30 hours, longer than 24."]
    assert found["due"] == "2026-01-30T09:00:00.000Z"


def test_a_picked_transfer_that_lost_its_claims_is_approved_again_and_leaves(shop: Shop) -> None:
    shop.receive({"A": 5})
    shop.draft({"A": 5})
    for name in ("approve", "pick"):
        shop.step(name)
    shop.count("A", -5)
    shop.receive({"A": 5})
    assert shop.transfer()["lines"][0]["claimed"] == 0
    answer = shop.step("approve")
    assert (answer["state"], answer["lines"][0]["claimed"], answer["lines"][0]["picked"]) == ("picked", 5, 5)
    assert [entry["milestone"] for entry in answer["milestones"]][-2:] == ["picked", "approved_again"]
    assert shop.step("ship")["lines"][0]["on_the_way"] == 5
    assert shop.audit().violations == ()


def test_units_past_their_date_do_not_leave(shop: Shop) -> None:
    shop.receive({"A": 2}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1=shop.clock.now().date().isoformat())
    shop.draft(
        [{"line": 1, "sku": "A", "qty": 2, "lot": "L1"}, {"line": 2, "sku": "A", "qty": 3, "lot": "L2"}]
    )
    shop.step("approve")
    shop.step("pick")
    shop.clock.pass_by(days=1)
    left = shop.step("ship")
    assert [line["shipped"] for line in left["lines"]] == [0, 3]
    assert shop.cases() == ["promise.lost"]


def test_what_is_too_close_to_its_date_for_customers_may_go_to_another_site(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 30})
    shop.receive({"A": 4}, lot="L1")
    shop.dated("A", L1="2026-12-01")
    assert shop.atp("A") == 0
    shop.sent([{"line": 1, "sku": "A", "qty": 4, "lot": "L1"}])
    assert stock(shop) == {LANE: 4}
    (decision,) = shop.ask(lambda conn: about(conn, "transfer:T-A"))
    assert sentences(decision["kind"], decision["document"])[0] == (
        "Line 1: all 4 of A (from site WH1, of lot L1) were promised. Of A there were 4 sellable."
    )
