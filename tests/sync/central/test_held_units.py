"""What an open consignment holds is decided about by nobody else; once it is taken out, it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.account import Status
from sync.central.commands import consignments, departures
from sync.central.commands.catalogue import publish_policy, put_locations
from sync.central.commands.consignments_asked import ComeBack, ConsignmentStep, Departure, NewConsignment
from sync.central.commands.return_exits_asked import Reversal
from sync.central.commands.reversing import reverse
from sync.central.rules.outcomes import Conflict
from tests.sync.central.blind import came, matched
from tests.sync.central.shop import OWNER, Shop, at, open_shop
from tests.sync.central.unit_words import SHIPPED, back, decide, repaired, returned, with_ways
from tests.sync.central.working import Workshop, open_workshop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as found:
        with_ways(found)
        found.act(
            lambda act: put_locations(act, [{"code": "Q-04", "kind": "bin", "name": "Q", "site": "WH1"}])
        )
        yield found


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with open_workshop(tmp_path) as found:
        yield found


def held(shop: Shop, label: str, route: str = "liquidate") -> str:
    """A packed consignment with a unit; its code."""
    asked = {"owner": OWNER, "site": "WH1", "route": route, "counterpart": "P", "at": at(12)}
    body = NewConsignment.model_validate(asked | {"units": [{"label": label}]})
    code = str(shop.act(lambda act: consignments.draft(act, body))["consignment"])
    shop.act(lambda act: consignments.pack(act, code, ConsignmentStep()))
    return code


def freed(shop: Shop, code: str) -> None:
    """It is given up before it left."""
    shop.act(lambda act: consignments.cancel(act, code, ConsignmentStep()))


def refused(do: Callable[[], Any]) -> None:
    with pytest.raises(Conflict) as told:
        do()
    assert told.value.code == "consignment.held"


def test_a_supervisor_decides_about_a_unit_once_it_is_free(shop: Shop) -> None:
    repaired(shop, "L-1", returned(shop))
    code = held(shop, "L-1")
    refused(lambda: decide(shop, "L-1", "restock"))
    freed(shop, code)
    assert decide(shop, "L-1", "restock")["status"] == Status.SELLABLE


def test_a_word_is_taken_back_once_its_unit_is_free(shop: Shop) -> None:
    repaired(shop, "L-1", returned(shop))
    decide(shop, "L-1", "liquidate")
    code = held(shop, "L-1")
    refused(lambda: back(shop, "L-1"))
    freed(shop, code)
    back(shop, "L-1")


def test_a_disposition_is_reversed_once_its_unit_is_free(shop: Shop) -> None:
    rma = returned(shop)
    event_id = repaired(shop, "L-1", rma)
    code = held(shop, "L-1")
    asked = Reversal.model_validate({"event_id": event_id, "reason": "wrong", "at": at(12)})
    refused(lambda: shop.act(lambda act: reverse(act, rma, asked)))
    freed(shop, code)
    shop.act(lambda act: reverse(act, rma, asked))


def test_a_blind_unit_is_matched_once_it_is_free(shop: Shop) -> None:
    donates = SHIPPED.replace("[leaving]", '[leaving]\ndonate = ["quarantined.blind_return"]', 1)
    lines = [line for line in donates.splitlines() if not line.startswith('donate = ["damaged')]
    shop.act(lambda act: publish_policy(act, "\n".join(lines).replace('version = "', 'version = "X', 1)))
    came(shop, "H-1")
    code = held(shop, "H-1", "donate")
    refused(lambda: matched(shop, "H-1", order="o-1"))
    freed(shop, code)
    matched(shop, "H-1", order="o-1")


def test_work_ends_once_its_unit_is_free_and_not_at_all_once_it_left(workshop: Workshop) -> None:
    shop, code = workshop.shop, workshop.done()
    truck = held(shop, "L-1")
    for end in (lambda: workshop.finish(code), lambda: workshop.give_up(code)):
        refused(end)
    shop.act(lambda act: departures.depart(act, truck, Departure()))
    assert workshop.order(code)["state"] == "cancelled"
    # What left comes back to the work that it was taken from.
    shop.act(lambda act: departures.come_back(act, truck, ComeBack(reason="Gate closed.")))
    assert workshop.order(code)["state"] == "started"
    freed(shop, truck)
    workshop.finish(code)
    assert workshop.stock() == {"R-03 sellable B": 1}
