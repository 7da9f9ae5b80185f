"""The end of work: back to stock by the rules, given up, taken back; with its parts and its cost."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.commands.catalogue import put_locations
from sync.central.commands.items import put_items
from sync.central.commands.requests import Decision
from sync.central.commands.write_offs import decide, document
from sync.central.rules.outcomes import Conflict
from tests.sync.central.working import Workshop

BOX = [{"sku": "BOX", "qty": 2}]


def test_a_finished_unit_is_decided_about_anew_and_moves_by_one_event(workshop: Workshop) -> None:
    code = workshop.done(cost_minor=80, parts=BOX)
    before, free = workshop.books(), workshop.shop.free("K")
    done = workshop.finish(code)
    assert (done["state"], done["ended_grade"], done["disposition"]) == ("done", "B", "restock")
    assert workshop.stock() == {"R-03 sellable B": 1}
    assert workshop.shop.free("K") == free
    assert workshop.shop.free("BOX") == 6
    changed = {book: minor - before.get(book, 0) for book, minor in workshop.books().items()}
    # Parts at what they are worth, the work at what it cost; the unit itself is worth what it was.
    assert {book: minor for book, minor in changed.items() if minor} == {
        "Assets:Inventory": -160,
        "Expenses:Conversion": 160,
        "Expenses:Refurbishment": 160,
        "Liabilities:WorkDone": -160,
    }


def test_a_step_left_out_lowers_the_grade_that_can_be_given(workshop: Workshop) -> None:
    workshop.unit("L-1")
    code = workshop.code()
    with pytest.raises(Conflict) as early:
        workshop.finish(code, "C")
    assert early.value.code == "work.steps_open"
    workshop.step(code)
    workshop.step(code, "skipped", reason="No boxes.")
    with pytest.raises(Refused) as no:
        workshop.finish(code, "B")
    assert no.value.code == "work.grade"
    assert "Expected C or worse" in str(no.value)
    assert workshop.finish(code, "C")["disposition"] == "liquidate"
    assert workshop.stock() == {"Q-04 damaged C": 1}


def test_work_may_make_a_unit_better_than_it_came(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    code = workshop.code()
    for _ in range(3):
        workshop.step(code)
    free = workshop.shop.free("K")
    workshop.finish(code, "A")
    assert workshop.stock() == {"R-03 sellable A": 1}
    assert workshop.shop.free("K") == free + 1


def test_a_relabelled_unit_becomes_another_item_at_its_own_cost(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    code = workshop.code()
    workshop.step(code, cost_minor=500, parts=BOX)
    workshop.step(code)
    with pytest.raises(Conflict):
        workshop.finish(code, "B", sku="K-R")
    workshop.step(code)
    before = workshop.books()
    done = workshop.finish(code, "B", sku="K-R")
    assert done["state"] == "done"
    assert (workshop.stock(), workshop.stock("K-R")) == ({}, {"R-03 sellable B": 1})
    changed = {book: minor - before.get(book, 0) for book, minor in workshop.books().items()}
    # The unit takes its own worth along; parts and work are expenses all the same.
    assert changed["Assets:Inventory"] == -80
    assert (changed["Expenses:Conversion"], changed["Expenses:Refurbishment"]) == (80, 500)
    workshop.undo(code)
    assert (workshop.stock(), workshop.stock("K-R")) == ({"F-01 refurbish C": 1}, {})
    assert workshop.books() == before


def test_an_item_nobody_labelled_anew_stays_what_it_is(workshop: Workshop) -> None:
    code = workshop.done()
    with pytest.raises(Refused) as no:
        workshop.finish(code, sku="K-R")
    assert no.value.code == "work.no_relabel"
    with pytest.raises(Refused) as unknown:
        workshop.finish(code, sku="NONE")
    assert unknown.value.code == "item.unknown"


def test_another_currency_is_another_item(workshop: Workshop) -> None:
    dear = {"sku": "K-E", "name": "Kettle", "value_minor": 700, "currency": "EUR"}
    workshop.shop.act(lambda act: put_items(act, [dear]))
    workshop.unit("L-1", "C")
    code = workshop.code()
    for _ in range(3):
        workshop.step(code)
    with pytest.raises(Conflict) as no:
        workshop.finish(code, "B", sku="K-E")
    assert no.value.code == "work.currency"


def test_a_place_of_another_site_is_refused_and_another_one_named(workshop: Workshop) -> None:
    code = workshop.done()
    far = {"code": "R-03", "kind": "bin", "name": "R-03", "site": "WH2"}
    workshop.shop.act(lambda act: put_locations(act, [far]))
    with pytest.raises(Conflict) as no:
        workshop.finish(code)
    assert no.value.code == "work.place"
    workshop.finish(code, place="WH1-A")
    assert workshop.stock() == {"WH1-A sellable B": 1}


def test_a_unit_beyond_repair_goes_where_its_work_says_with_a_request(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    code = workshop.code()
    workshop.step(code, cost_minor=300, parts=BOX)
    free = workshop.shop.free("K")
    ended = workshop.step(code, "failed", cost_minor=40, reason="It smokes.")
    assert (ended["state"], ended["disposition"], ended["ended_grade"]) == ("given_up", "scrap", "C")
    assert workshop.stock() == {"HOLD-3 quarantined C": 1}
    assert workshop.shop.free("K") == free
    assert workshop.shop.free("BOX") == 8
    assert workshop.books()["Expenses:Refurbishment"] == 340
    request = workshop.shop.ask(lambda conn: document(conn, ended["write_off"]))
    assert (request["state"], request["location"], request["reason"]) == (
        "requested",
        "HOLD-3",
        "test: It smokes.",
    )


def test_giving_up_needs_no_step(workshop: Workshop) -> None:
    workshop.unit("L-1")
    ended = workshop.give_up(workshop.code())
    assert (ended["state"], ended["write_off"]) == ("given_up", None)
    assert [step["state"] for step in ended["steps"]] == ["waiting", "waiting"]
    assert workshop.stock() == {"Q-04 damaged B": 1}
    # Neither the steps nor their cost: nothing was done.
    assert "Expenses:Refurbishment" not in workshop.books()


def test_an_undone_end_puts_all_back_and_the_work_goes_on(workshop: Workshop) -> None:
    code = workshop.done(cost_minor=80, parts=BOX)
    before, boxes = workshop.books(), workshop.shop.free("BOX")
    workshop.finish(code)
    undone = workshop.undo(code)
    assert (undone["state"], undone["turn"], undone["ended_at"], undone["disposition"]) == (
        "started",
        3,
        None,
        None,
    )
    assert workshop.stock() == {"F-01 refurbish B": 1}
    assert (workshop.books(), workshop.shop.free("BOX")) == (before, boxes)
    with pytest.raises(Conflict) as no:
        workshop.undo(code)
    assert no.value.code == "work.no_end"
    # Finished again it is booked again, once.
    workshop.finish(code, "C")
    assert workshop.books()["Expenses:Refurbishment"] == 160
    assert workshop.stock() == {"Q-04 damaged C": 1}


def test_a_failure_taken_back_is_to_be_done_again_and_writes_nothing_off(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    code = workshop.code()
    ended = workshop.step(code, "failed", cost_minor=90, reason="It smokes.")
    undone = workshop.undo(code)
    assert (undone["state"], undone["turn"], undone["steps"][0]["state"]) == ("started", 1, "waiting")
    assert (undone["spent_minor"], undone["write_off"]) == (0, None)
    request = workshop.shop.ask(lambda conn: document(conn, ended["write_off"]))
    assert (request["state"], request["decision_reason"]) == ("withdrawn", "It was taken back.")
    assert workshop.step(code, cost_minor=100)["turn"] == 2


def test_what_was_moved_on_is_not_taken_back(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    ended = workshop.give_up(workshop.code())
    word = Decision.model_validate({"decision": "approve", "at": workshop.now})
    workshop.shop.act(lambda act: decide(act, ended["write_off"], word), operator="ann")
    with pytest.raises(Conflict) as no:
        workshop.undo(ended["work_order"])
    assert no.value.code == "reverse.moved"
    assert workshop.stock() == {}
