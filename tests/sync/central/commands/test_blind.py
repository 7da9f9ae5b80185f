"""Matching a unit that nobody announced: in one step, once, and refused with the reason when it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.account import Status
from app.domain.refusal import Refused
from sync.central.commands.catalogue import put_locations
from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.commands.returns import rma_document
from sync.central.rules.outcomes import Conflict, Missing
from tests.sync.central.blind import came, matched, options, waiting, with_bench
from tests.sync.central.shop import Shop


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """A bench, and two units of A and one serial of S with a customer."""
    with_bench(shop)
    shop.items("A", "B", {"sku": "S", "name": "S", "tracking": "serial"})
    shop.policy()
    shop.receive({"A": 5, "B": 2})
    shop.receive({"S": 2}, serials=["s1", "s2"])
    shop.order({"A": 2, "B": 1}, ship="available", customer="c-1", order="o-1")
    line = {"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}
    shop.order([line], ship="available", customer="c-1", order="o-2")
    return shop


def put_away_at(shop: Shop, site: str) -> None:
    """R-03 is a place of that site."""
    place = {"code": "R-03", "kind": "bin", "name": "R-03", "site": site}
    shop.act(lambda act: put_locations(act, [place]))


def lines(shop: Shop, code: str) -> list[dict[str, Any]]:
    found: Any = shop.ask(lambda conn: rma_document(conn, code))
    return list(found["lines"])


def test_a_match_authorizes_does_and_puts_away_in_one_step(sold: Shop) -> None:
    put_away_at(sold, "WH1")
    event_id = came(sold, "H07-1-X", qty=2)
    free = sold.free("A")
    answer = matched(sold, "H07-1-X", order="o-1")
    assert answer["place"] == "R-03"
    (line,) = lines(sold, answer["rma"])
    assert (line["qty"], line["done"], line["state"]) == (2, 2, "dispositioned")
    assert sold.cases() == []
    assert waiting(sold) == []
    assert sold.free("A") == free + 2
    assert sold.authorize({"A": 1}, order="o-1")["rma"] is None
    told = sold.ask(lambda conn: rma_document(conn, answer["rma"]))
    assert told["done"] == [{"line": 1, "station": "centre", "qty": 2}]
    assert event_id != answer["event_id"]


def test_where_the_place_is_not_of_the_site_the_unit_waits_with_a_to_do(sold: Shop) -> None:
    put_away_at(sold, "WH2")
    came(sold, "H07-1-X")
    assert matched(sold, "H07-1-X", order="o-1")["place"] is None
    assert sold.cases() == ["return.put_away"]
    assert sold.free("A") == 3


@pytest.mark.parametrize(
    ("unit", "to", "code"),
    [
        ({}, {}, "blind.match"),
        ({}, {"order": "o-1", "rma": "R-1-1"}, "blind.match"),
        ({}, {"order": "o-1", "line": 2}, "blind.other_item"),
        ({}, {"order": "o-1", "sku": "B"}, "blind.item"),
        ({"qty": 3}, {"order": "o-1"}, "blind.no_units_left"),
        ({"sku": "S", "serial": "s2"}, {"order": "o-2"}, "blind.serial"),
        ({"status": Status.SELLABLE, "reason": None}, {"order": "o-1"}, "blind.moved"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    sold: Shop, unit: dict[str, Any], to: dict[str, Any], code: str
) -> None:
    came(sold, "H07-1-X", **unit)
    before = sold.cases()
    with pytest.raises(Refused) as no:
        matched(sold, "H07-1-X", **to)
    assert no.value.code == code
    assert no.value.do
    assert sold.cases() == before
    assert sold.authorize({"A": 2}, order="o-1")["lines"][0]["authorized"] == 2


@pytest.mark.parametrize("to", [{"order": "o-9"}, {"order": "o-1", "line": 9}, {"rma": "R-9-9"}])
def test_a_line_that_is_not_there_is_said(sold: Shop, to: dict[str, Any]) -> None:
    came(sold, "H07-1-X")
    with pytest.raises(Missing):
        matched(sold, "H07-1-X", **to)
    with pytest.raises(Missing):
        matched(sold, "H07-9-X", order="o-1")


def test_a_unit_is_matched_once(sold: Shop) -> None:
    came(sold, "H07-1-X")
    rma = matched(sold, "H07-1-X", order="o-1")["rma"]
    with pytest.raises(Conflict, match=rma) as no:
        matched(sold, "H07-1-X", order="o-1")
    assert no.value.code == "blind.matched"


def test_an_open_return_takes_no_more_units_than_it_waits_for(sold: Shop) -> None:
    rma = sold.authorize({"A": 1}, order="o-1")["rma"]
    came(sold, "H07-1-X")
    came(sold, "H07-2-X")
    assert [entry.get("rma") for entry in options(sold, "H07-1-X")] == [rma, None]
    matched(sold, "H07-1-X", rma=rma)
    assert [line["state"] for line in lines(sold, rma)] == ["dispositioned"]
    with pytest.raises(Conflict) as no:
        matched(sold, "H07-2-X", rma=rma)
    assert no.value.code in {"blind.no_units_left", "blind.rma_closed"}
    matched(sold, "H07-2-X", order="o-1")
    assert options(sold, "H07-2-X") == []


def test_a_serial_is_named_on_the_return_that_takes_it_back(sold: Shop) -> None:
    came(sold, "H07-1-X", "S", serial="s1")
    rma = matched(sold, "H07-1-X", order="o-2")["rma"]
    assert [line["serials"] for line in lines(sold, rma)] == [["s1"]]
    again = {"line": 1, "sku": "S", "qty": 1, "reason": "late", "serials": ["s1"]}
    assert sold.authorize([again], customer="c-1")["rma"] is None


def test_a_case_that_a_person_answered_takes_the_unit_off_the_list(sold: Shop) -> None:
    came(sold, "H07-1-X")
    sold.act(lambda act: resolve(act, 1, Resolution(note="Sent back to the customer.")))
    assert waiting(sold) == []
    matched(sold, "H07-1-X", order="o-1")
