"""Which units need work, what comes out of it, and where two figures for it differ."""

from __future__ import annotations

from app.domain.policy import read_policy
from app.domain.policy.work_reach import after_work, cost_notes, needing, refurbishing
from tests.app.domain.policy.test_reader import SHIPPED
from tests.app.domain.policy.worked import WORKED, unworked

POLICY = read_policy(WORKED, "own.toml")


def test_every_unit_that_is_refurbished_is_found_with_its_work() -> None:
    assert refurbishing(POLICY) == {"refurbish"}
    found = {
        (one.case.category, one.case.grade, one.work.id if one.work else None) for one in needing(POLICY)
    }
    assert found == {(c, g, w) for c in ("default", "toys") for g, w in (("B", "W1"), ("C", "W2"))}
    assert not any(one.case.hazardous for one in needing(POLICY))


def test_a_choice_that_may_come_out_as_refurbishing_needs_work_too() -> None:
    shipped = read_policy(SHIPPED, "returns.toml")
    rules = {one.rule.id for one in needing(shipped)}
    assert rules == {"18", "23", "29"}
    assert all(one.work is not None for one in needing(shipped))
    assert not any(one.case.category == "consumables" for one in needing(shipped))


def test_after_its_work_a_unit_goes_on_by_the_rules_of_such_units() -> None:
    after = {(one.work.id, one.case.grade): one.rule.id if one.rule else None for one in after_work(POLICY)}
    # W2 may come out like new, W1 never.
    assert after == {("W1", "B"): "3", ("W1", "C"): "4", ("W2", "A"): "2", ("W2", "B"): "3", ("W2", "C"): "4"}


def test_a_choice_after_work_does_not_weigh_the_way_the_unit_came_from() -> None:
    shipped = read_policy(SHIPPED, "returns.toml")
    found = shipped.would("kitchen", "C", hazardous=False, refurbished=True)
    assert found is not None
    assert (found.rule, found.outcome.disposition) == ("23", "liquidate")
    assert shipped.decide("kitchen", "C", hazardous=False).outcome.disposition == "refurbish"


def test_two_costs_of_the_same_work_are_told_side_by_side() -> None:
    (note,) = cost_notes(POLICY)
    assert note.startswith("recovery 2 (refurbish of grades C) and the steps of work W2 say another cost")
    assert "900 GBP there, 630 here" in note
    assert list(cost_notes(read_policy(SHIPPED, "returns.toml"))) == []
    assert list(cost_notes(read_policy(unworked(SHIPPED), "older.toml"))) == []
