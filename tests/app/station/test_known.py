"""Units found again by label or serial at a real bench: where they are, who graded them, what undo does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.account import Status
from app.ledger.audit import audit
from app.queries import balances, desk, history
from app.station.known import known_unit
from app.workflows.bench.known_unit import KnownUnit
from app.workflows.view import AnswerWork, SavedWork
from tests.app.station.bench_world import GOOD_KETTLE, MUG_CODE, RMA, BenchWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BenchWorld]:
    made = BenchWorld(tmp_path)
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def done(world: BenchWorld, *, mugs: str = "GRII") -> tuple[str, str]:
    """The whole return graded; the labels of the kettle and of the mugs."""
    world.scan(RMA.code, GOOD_KETTLE)
    world.say("GRI")
    world.scan(MUG_CODE, MUG_CODE)
    world.say(mugs)
    kettle, cups = (str(document["code"]) for document, _ in world.printed)
    return kettle, cups


def found(world: BenchWorld, label: str) -> KnownUnit | None:
    return world.thread.ask(lambda: known_unit(world.ledger, world.bench._setup, label))


def state_of(world: BenchWorld, code: str) -> str | None:
    label = world.thread.ask(lambda: desk.unit_label(world.ledger.connection, code))
    return label.state if label else None


def test_a_label_leads_to_where_the_unit_is_and_who_graded_it(world: BenchWorld) -> None:
    _, cups = done(world)
    unit = found(world, cups)
    assert unit is not None
    assert (unit.qty, unit.account.location, unit.rma) == (2, "F-01", RMA.code)
    assert [(given.grade, given.by) for given in unit.grades] == [("B", "Ana K.")]
    assert found(world, "L7-999-X") is None


def test_a_regrade_moves_stock_and_both_labels_lead_to_the_new_place(world: BenchWorld) -> None:
    _, cups = done(world)
    screen = world.scan(cups)
    assert screen.bench.band.headline == "Why grade Mug set of 4 again?"
    screen = world.say("NI", "GRI")
    assert isinstance(screen.bench.work, SavedWork)
    assert any(detail.startswith("Before: **B** by Ana K.") for detail in screen.bench.work.details)
    new = str(world.printed[-1][0]["code"])
    held = world.thread.ask(lambda: balances.of_label(world.ledger.connection, new))
    assert [(account.status, qty) for account, qty in held.items()] == [(Status.SELLABLE, 2)]
    assert world.thread.ask(lambda: balances.of_label(world.ledger.connection, cups)) == {}
    for label in (cups, new):
        unit = found(world, label)
        assert unit is not None
        assert (unit.label, [given.grade for given in unit.grades]) == (new, ["B", "A"])
        assert unit.grades[-1].why == "Graded wrongly"


def test_undo_of_a_regrade_leaves_the_first_grade_and_its_label(world: BenchWorld) -> None:
    _, cups = done(world)
    world.scan(cups)
    world.say("NI", "GRI", "UNDO")
    unit = found(world, cups)
    assert unit is not None
    assert (unit.label, unit.account.location, [given.grade for given in unit.grades]) == (
        cups,
        "F-01",
        ["B"],
    )
    new = str(world.printed[-1][0]["code"])
    assert (state_of(world, cups), state_of(world, new)) == ("queued", "void")
    world.say("UNDO")
    assert found(world, cups) is None, "what was taken back was never graded"


def test_the_grade_before_cannot_be_taken_back_alone(world: BenchWorld) -> None:
    _, cups = done(world)
    first = world.thread.ask(lambda: history.recent(world.ledger.connection, 1))[0]
    world.scan(cups)
    world.say("NI", "GRI")
    assert world.thread.ask(lambda: history.used_since(world.ledger.connection, first.event_id))


def test_a_serial_leads_to_its_unit_while_no_box_is_open(world: BenchWorld) -> None:
    kettle, _ = done(world)
    world.restart()
    screen = world.scan(GOOD_KETTLE)
    assert screen.bench.band.headline == "Why grade Kettle 1.7 L steel again?"
    assert isinstance(screen.bench.work, AnswerWork)
    world.say("NVI", "GRIII")
    unit = found(world, kettle)
    assert unit is not None
    assert (unit.account.serial, [given.grade for given in unit.grades]) == ("SN-994471", ["A", "C"])


def test_a_unit_that_was_moved_on_is_only_named(world: BenchWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    _, cups = done(world)
    unit = found(world, cups)
    assert unit is not None
    monkeypatch.setattr(balances, "of_label", lambda *_: {unit.account: unit.qty - 1})
    assert found(world, cups) is None
    monkeypatch.undo()
    assert found(world, cups) == unit


def test_a_kit_graded_again_names_its_parts(world: BenchWorld) -> None:
    world.say("BLIND")
    world.scan("KIT-1")
    world.say("GRII", "DONE")
    unit = found(world, str(world.printed[0][0]["code"]))
    assert unit is not None
    assert (unit.parts, unit.blind) == (("Mug set of 4",), True)
    world.scan(unit.label)
    world.say("NI", "NOPRT")
    assert world.scan(MUG_CODE).bench.band.headline == "Mug set of 4 missing. More?"
    world.say("OK", "GRIII")
    assert world.printed[-1][0]["remark"] == "Missing: Mug set of 4"
