"""Which units may leave by which route, and in which order a consignment goes its way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bootstrap import resources
from app.domain.account import Account, Status
from app.domain.item import Item, Tracking
from app.domain.policy import read_policy
from app.domain.refusal import Refused
from sync.central.rules.consignment import (
    Route,
    State,
    blocked,
    end_of,
    needed_papers,
    regulation,
    require_fit,
    require_state,
    require_step,
    still_waiting,
)
from sync.central.rules.outcomes import Conflict

POLICY = read_policy(resources.policy_source(), "shipped")
MUG = Item("A", "Mug")
CREAM = Item("L", "Cream", category="consumables")
SOLVENT = Item("H", "Solvent", hazardous=True)


def held(
    item: Item, grade: str | None = "D", status: Status = Status.DAMAGED, reason: str | None = None
) -> Account:
    return Account("ACME", item.sku, "V-02", status, reason, grade=grade, label="L07-1-X")


@pytest.mark.parametrize("route", ["liquidate", "vendor_return", "donate"])
def test_a_blocked_route_is_refused_by_the_name_of_its_rule(route: str) -> None:
    with pytest.raises(Refused) as no:
        require_fit(POLICY, route, held(SOLVENT), SOLVENT)
    assert no.value.code == "consignment.blocked"
    assert "hazardous goods are neither sold on nor repaired here" in no.value.read


def test_goods_that_nobody_graded_are_judged_as_the_worst() -> None:
    assert blocked(POLICY, "liquidate", held(CREAM, "A"), CREAM) is None
    assert blocked(POLICY, "liquidate", held(CREAM, "B"), CREAM) is not None
    assert blocked(POLICY, "liquidate", held(CREAM, None), CREAM) is not None
    assert blocked(POLICY, "liquidate", held(CREAM, "Z"), CREAM) is not None
    assert blocked(POLICY, "liquidate", held(MUG, None), MUG) is None
    assert blocked(None, "liquidate", held(SOLVENT), SOLVENT) is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.SELLABLE, None),
        (Status.RETURN_PENDING, None),
        (Status.QUARANTINED, "inspection"),
        (Status.QUARANTINED, "blind_return"),
        (Status.QUARANTINED, "awaiting_disposal"),
    ],
)
@pytest.mark.parametrize("policy", [POLICY, None])
def test_what_is_sold_under_way_or_undecided_stays(
    policy: object, status: Status, reason: str | None
) -> None:
    with pytest.raises(Refused) as no:
        require_fit(POLICY if policy else None, "liquidate", held(MUG, "D", status, reason), MUG)
    assert no.value.code == "consignment.state_of_unit"
    assert str(status) in no.value.read


def test_scrap_takes_only_what_was_approved() -> None:
    require_fit(POLICY, "scrap", held(SOLVENT, "D", Status.QUARANTINED, "awaiting_disposal"), SOLVENT)
    with pytest.raises(Refused):
        require_fit(POLICY, "scrap", held(SOLVENT), SOLVENT)


def test_papers_are_asked_of_regulated_goods_that_are_disposed_of() -> None:
    rule = regulation(POLICY, SOLVENT)
    assert rule is not None
    assert needed_papers("scrap", rule) == ("certificate", "custody", "witness")
    assert needed_papers("vendor_return", rule) == ()
    assert needed_papers("scrap", None) == ()
    assert regulation(POLICY, MUG) is None
    assert regulation(None, SOLVENT) is None
    assert regulation(POLICY, Item("S", "S", tracking=Tracking.LOT_AND_SERIAL)) is not None


def test_steps_follow_each_other() -> None:
    allowed = {
        (State.DRAFTED, State.PACKED),
        (State.DRAFTED, State.CANCELLED),
        (State.PACKED, State.DEPARTED),
        (State.PACKED, State.CANCELLED),
        (State.DEPARTED, State.SETTLED),
    }
    for state in State:
        for wanted in State:
            if (state, wanted) in allowed:
                require_step("G-1", state, wanted)
            else:
                with pytest.raises(Conflict, match=r"G-1 is"):
                    require_step("G-1", state, wanted)
    require_state("G-1", "packed", State.PACKED)
    with pytest.raises(Conflict):
        require_state("G-1", "packed", State.DRAFTED, State.DEPARTED)


def test_each_route_has_an_end() -> None:
    assert {end_of(route) for route in Route} == {
        "@vendor_return",
        "@liquidation",
        "@donated",
        "@recycled",
        "@scrap",
    }


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.data())
def test_those_that_were_written_off_first_leave_first(quantities: list[int], data: st.DataObject) -> None:
    """`quantities` by approval, the newest first; what waits is shared out without a unit lost or made."""
    waiting = data.draw(st.integers(0, sum(quantities)))
    shares, later = list[int](), 0
    for qty in quantities:
        shares.append(still_waiting(waiting, later, qty))
        later += qty
    assert sum(shares) == waiting
    short = next((n for n, qty in enumerate(quantities) if shares[n] < qty), len(quantities))
    assert not any(shares[short + 1 :])
