"""A disposition is taken back once, while it stands and what it put away is there."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.event import EventKind
from sync.central.commands.return_exits_asked import Reversal
from sync.central.commands.reversing import reverse
from sync.central.rules.outcomes import Conflict, Missing
from tests.sync.central.blind import came, matched, waiting, with_bench
from tests.sync.central.shop import Shop, at


@pytest.fixture
def sold(shop: Shop) -> Shop:
    with_bench(shop)
    shop.items("A")
    shop.policy()
    shop.receive({"A": 3})
    shop.order({"A": 2}, ship="available", customer="c-1", order="o-1")
    return shop


def reversed_(shop: Shop, code: str, event_id: str) -> dict[str, Any]:
    asked = Reversal.model_validate({"event_id": event_id, "reason": "by mistake", "at": at(12)})
    return shop.act(lambda act: reverse(act, code, asked))


def test_a_reversal_uncounts_and_moves_back_once(sold: Shop) -> None:
    code = sold.authorize({"A": 2}, order="o-1")["rma"]
    first, second = (sold.disposition("A", rma=code, line=1, label=f"L07-{n}-X") for n in (1, 2))
    assert sold.free("A") == 3
    document = reversed_(sold, code, first)
    assert (document["state"], document["lines"][0]["done"]) == ("open", 1)
    assert sold.free("A") == 2
    assert sold.cases() == []
    with pytest.raises(Missing):
        reversed_(sold, code, first)
    assert reversed_(sold, code, second)["lines"][0]["done"] == 0


def test_only_a_disposition_under_that_return_is_reversed(sold: Shop) -> None:
    code = sold.authorize({"A": 2}, order="o-1")["rma"]
    arrived = sold.at_station(EventKind.RETURN_ARRIVED, rma=code)
    other = sold.disposition("A", rma="R-7-7", line=1)
    for event_id in (arrived, other, "nothing"):
        with pytest.raises(Missing):
            reversed_(sold, code, event_id)


def test_what_left_its_place_is_not_reversed(sold: Shop) -> None:
    code = sold.authorize({"A": 2}, order="o-1")["rma"]
    event_id = sold.disposition("A", rma=code, line=1)
    sold.order({"A": 2}, ship="available", order="o-2")
    with pytest.raises(Conflict) as no:
        reversed_(sold, code, event_id)
    assert no.value.code == "reverse.moved"
    assert sold.cases() == []


def test_a_match_on_an_open_return_leaves_that_return_open(sold: Shop) -> None:
    code = sold.authorize({"A": 1}, order="o-1")["rma"]
    came(sold, "H07-1-X")
    answer = matched(sold, "H07-1-X", rma=code)
    assert sold.cases() == ["return.put_away"]
    document = reversed_(sold, code, answer["event_id"])
    assert (document["state"], document["lines"][0]["state"]) == ("open", "authorized")
    assert sold.cases() == ["return.blind"]
    assert [unit["label"] for unit in waiting(sold)] == ["H07-1-X"]
    matched(sold, "H07-1-X", order="o-1")
    assert waiting(sold) == []
