"""Work step by step: whose turn it is, what is recorded, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.catalogue import publish_policy
from sync.central.rules.outcomes import Conflict, Missing
from tests.app.domain.policy.worked import WORKED
from tests.sync.central.working import Workshop


def test_the_turn_goes_from_step_to_step_with_owner_and_clock(workshop: Workshop) -> None:
    workshop.unit("L-1")
    (order,) = workshop.orders()
    code = order["work_order"]
    assert (order["state"], order["turn"], order["turn_owner"]) == ("open", 1, "bench")
    assert (order["work"], order["policy_version"], order["site"], order["rule"]) == ("W1", "7", "WH1", "5")
    workshop.shop.clock.pass_by(hours=2)
    begun = workshop.start(code)
    assert (begun["state"], begun["started_by"], begun["age_minutes"]) == ("started", "sam", 120)
    done = workshop.step(code, operator="kim", minutes=7, cost_minor=55, note="A lot of lime.")
    assert (done["turn"], done["turn_owner"], done["age_minutes"]) == (2, "packing", 0)
    first = done["steps"][0]
    assert (first["state"], first["done_by"], first["minutes"], first["cost_minor"]) == ("done", "kim", 7, 55)
    assert (first["planned_minor"], first["done_at"], first["note"]) == (50, workshop.now, "A lot of lime.")
    assert (done["planned_minor"], done["spent_minor"]) == (200, 55)
    # Due 48 hours from the step's turn, not from the order's beginning.
    assert done["due_at"] > order["due_at"]
    last = workshop.step(code, operator="lee")
    assert (last["turn"], last["turn_owner"], last["due_at"]) == (3, "packing", done["due_at"])


def test_the_first_step_that_is_recorded_begins_the_work(workshop: Workshop) -> None:
    workshop.unit("L-1")
    assert workshop.step(workshop.code())["started_by"] == "kim"
    (order,) = workshop.orders()
    assert order["started_by"] == workshop.start(order["work_order"])["started_by"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"step": "repack"}, "work.turn"),
        ({"result": "skipped", "reason": "clean already"}, "work.not_skippable"),
        ({"result": "failed"}, "work.reason"),
        ({"parts": [{"sku": "NONE", "qty": 1}]}, "item.unknown"),
        ({"parts": [{"sku": "BOX", "qty": 1, "location": "NOWHERE"}]}, "location.unknown"),
    ],
)
def test_what_cannot_be_is_refused_and_records_nothing(
    workshop: Workshop, asked: dict[str, Any], code: str
) -> None:
    workshop.unit("L-1")
    order = workshop.code()
    with pytest.raises(Refused) as no:
        workshop.step(order, **asked)
    assert no.value.code == code
    assert no.value.do
    assert (workshop.order(order)["state"], workshop.order(order)["turn"]) == ("open", 1)


def test_nothing_more_is_recorded_of_an_order_that_has_ended(workshop: Workshop) -> None:
    code = workshop.done()
    with pytest.raises(Conflict) as no:
        workshop.step(code)
    assert no.value.code == "work.turn"
    workshop.finish(code)
    for record in (workshop.step, workshop.start, workshop.finish, workshop.give_up):
        with pytest.raises(Conflict) as ended:
            record(code)
        assert ended.value.code == "work.ended"
    with pytest.raises(Missing):
        workshop.start("F-9-9")


def test_a_unit_that_came_before_there_was_work_gets_its_order_on_demand(workshop: Workshop) -> None:
    older = WORKED.partition("[[work]]")[0].replace('version = "7"', 'version = "8"')
    for rule in ("3", "4"):
        head, _, rest = older.partition(f'[[rule]]\nid = "{rule}"')
        older = head + rest.partition("\n\n")[2]
    workshop.shop.act(lambda act: publish_policy(act, older))
    workshop.unit("L-1")
    assert workshop.orders() == []
    case = workshop.case("work.none")
    assert (case["subject"], case["money_minor"], case["owner_role"]) == ("label:L-1", 1000, "supervisor")
    assert "policy 8 has no work for them" in case["fix"]
    with pytest.raises(Conflict) as no:
        workshop.open(label="L-1")
    assert no.value.code == "work.none"
    newer = WORKED.replace('version = "7"', 'version = "9"')
    workshop.shop.act(lambda act: publish_policy(act, newer))
    opened = workshop.open(label="L-1")
    assert (opened["work"], opened["policy_version"], opened["site"]) == ("W1", "9", "WH1")
    assert workshop.shop.cases() == ["return.unknown_rma"]
    with pytest.raises(Conflict) as again:
        workshop.open(label="L-1")
    assert again.value.code == "work.exists"
    with pytest.raises(Missing):
        workshop.open(label="L-9")
    with pytest.raises(Refused) as both:
        workshop.open(label="L-1", serial="S-1")
    assert both.value.code == "work.unit"
