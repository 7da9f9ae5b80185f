"""A supervisor at the operator's own screen: what the badge opens, what the PIN signs, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.approvals import Action, Approval, Statement, body_digest
from app.domain.approvals.badge import badge_digest
from app.domain.approvals.pin import LOCKED_AT
from app.domain.clock import to_text
from app.domain.returns import Rma, RmaLine
from app.ledger import approvers
from app.ledger.audit import audit
from app.scanning.commands import Word
from app.station.people import Known, keeping, people
from app.workflows.view import AnswerWork, BandState, SavedWork, SignInWork, StopWork
from tests.app.station import test_signing_in as signing_in
from tests.app.station.bench_world import GOOD_KETTLE, KETTLE, RMA
from tests.app.station.override_world import ANA, CAME, OTHER_KETTLE, SOLD, OverrideWorld
from tests.app.station.review_world import LIMITS, OMAR, RUTH
from tests.app.station.test_signing_in import SignInWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OverrideWorld]:
    made = OverrideWorld(tmp_path)
    made.stop()
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def test_badge_reason_and_pin_sign_exactly_the_event_that_is_recorded(world: OverrideWorld) -> None:
    """Steps: badge, ANSWER 1, PIN; then the unit is graded like any other."""
    stop = world.bench.screen().bench.work
    assert isinstance(stop, StopWork)
    assert "badge" in stop.explanation
    screen = world.badge(RUTH).bench
    assert isinstance(screen.work, AnswerWork)
    assert [fact.value for fact in screen.work.item.facts] == [CAME, SOLD]
    screen = world.go(Word.ANSWER_1).bench
    assert isinstance(screen.work, SignInWork)
    assert screen.work.pin is not None
    assert any(CAME in note for _, note in screen.work.notes)
    screen = world.pin(RUTH.pin).bench
    assert screen.band.state is BandState.ASK
    (event,) = world.newest("return.serial_accepted")
    (entry,) = event.approvals
    said = Statement.read(Approval.from_json(entry).statement)
    assert (said.approver, said.action, said.event_id) == ("RUTH", Action.OVERRIDE, event.event_id)
    assert said.body == body_digest(replace(event, approvals=()))
    assert event.operator == "ana"
    assert event.body["serial"] == CAME
    assert event.body["instead_of"] == SOLD
    assert event.body["why"] == "misrecorded"
    saved = world.go(Word.GRADE_A).bench.work
    assert isinstance(saved, SavedWork)
    (unit,) = world.newest("return.dispositioned")
    assert unit.body["line"] == 1
    assert unit.body["accepted"] == event.event_id


def test_what_is_signed_is_worth_what_the_item_is_worth_at_the_pin(world: OverrideWorld) -> None:
    world.badge(RUTH)
    world.go(Word.ANSWER_1)
    world.worth(KETTLE, 4_500)
    world.pin(RUTH.pin)
    (entry,) = world.newest("return.serial_accepted")[0].approvals
    assert Statement.read(Approval.from_json(entry).statement).value == 4_500


def test_a_program_that_ends_meanwhile_shows_the_stop_again(world: OverrideWorld) -> None:
    world.badge(RUTH)
    world.go(Word.ANSWER_1)
    world.restart()
    assert world.phase == "stop"
    world.badge(RUTH)
    world.go(Word.ANSWER_1)
    world.pin(RUTH.pin)
    world.restart()
    # What was accepted is on record, and so is who did.
    assert world.phase == "grade"
    world.go(Word.GRADE_A)
    assert world.newest("return.dispositioned")[0].body["accepted_by"] == "RUTH"


def test_nobody_accepts_what_they_work_at(world: OverrideWorld) -> None:
    world.enrol(ANA)
    screen = world.badge(ANA).bench
    assert world.said() == "override.own_work"
    assert screen.band.state is BandState.STOP
    assert "ANA" in screen.band.headline
    assert world.phase == "stop"
    world.badge(RUTH)
    assert world.phase == "why"
    # Another supervisor may take over; one who may not changes nothing.
    world.badge(ANA)
    assert world.phase == "why"
    world.badge(OMAR)
    world.go(Word.ANSWER_3)
    world.pin(OMAR.pin)
    assert world.newest("return.serial_accepted")[0].body["by"] == "OMAR"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"actions": frozenset({Action.WRITE_OFF})}, "the action override"),
        ({"sites": frozenset({"WH2"})}, "site WH1"),
        ({"limits": replace(LIMITS, single=100)}, "worth 39.00 GBP"),
        ({"limits": replace(LIMITS, single=100)}, "at most 1.00 GBP for one"),
        ({"limits": replace(LIMITS, total=250)}, "at most 2.50 GBP until a sync"),
        ({"limits": replace(LIMITS, two_person_above=100)}, "Above 1.00 GBP two supervisors"),
    ],
)
def test_a_certificate_that_does_not_reach_is_said_at_the_badge(
    world: OverrideWorld, more: dict[str, object], why: str
) -> None:
    world.worth(KETTLE, 3_900)
    world.go(Word.UNDO)
    world.stop()
    world.enrol(RUTH, **more)
    screen = world.badge(RUTH).bench
    assert world.said() == "override.refused"
    assert why in screen.band.hint
    assert world.phase == "stop"


def test_wrong_pins_count_where_all_are_counted_and_lock_in_the_end(world: OverrideWorld) -> None:
    world.badge(RUTH)
    world.go(Word.ANSWER_1)
    world.pin("")
    assert world.said() == "pin.empty"
    for _ in range(LOCKED_AT - 1):
        world.pin("000000")
        assert world.said() == "override.pin"
        world.clock.wait_ms(3_600_000)
    world.pin("000000")
    assert world.said() == "override.locked"
    assert world.phase == "stop"
    stands = world.thread.ask(lambda: approvers.attempts(world.ledger.connection, "RUTH"))
    assert stands.failed == LOCKED_AT
    world.restart()
    world.badge(RUTH)
    assert world.said() == "override.locked"
    assert world.phase == "stop"
    world.badge(OMAR)
    assert world.phase == "why"


def test_too_soon_after_wrong_pins_waits(world: OverrideWorld) -> None:
    world.badge(RUTH)
    world.go(Word.ANSWER_1)
    for _ in range(3):
        world.pin("000000")
    world.pin(RUTH.pin)
    assert world.said() == "override.wait"
    assert world.phase == "pin"
    world.clock.wait_ms(3_600_000)
    world.pin(RUTH.pin)
    assert world.phase == "grade"


def test_a_pin_that_nobody_asked_for_changes_nothing(world: OverrideWorld) -> None:
    """Enter pressed twice, before anybody asks for it and after it was right."""
    world.pin(RUTH.pin)
    assert (world.said(), world.phase) == ("", "stop")
    world.badge(RUTH)
    world.pin(RUTH.pin)
    assert (world.said(), world.phase) == ("", "why")
    world.go(Word.ANSWER_1)
    world.pin(RUTH.pin)
    for again in ("", RUTH.pin):
        world.pin(again)
        assert (world.said(), world.phase) == ("", "grade")
    assert len(world.newest("return.serial_accepted", 9)) == 1


def test_every_way_back_leaves_the_stop_as_it_was(world: OverrideWorld) -> None:
    world.badge(RUTH)
    world.go(Word.ANSWER_9)
    assert world.said() == "approvals.no_such"
    world.go(Word.ANSWER_1)
    # A scan never fills the PIN and is traced without its digits; nothing else is counted meanwhile.
    world.scan(RUTH.pin)
    assert world.said() == "approvals.scan_is_no_pin"
    assert world.traces[-1].raw == ""
    world.scan(GOOD_KETTLE)
    assert world.said() == "override.first"
    world.go(Word.GRADE_A)
    assert world.phase == "pin"
    world.go(Word.UNDO)
    assert world.phase == "why"
    world.go(Word.UNDO)
    assert world.phase == "stop"
    world.badge(RUTH)
    world.go(Word.GO_COUNTS, Word.GO_BENCH)
    assert world.phase == "stop"
    world.badge(RUTH)
    world.go(Word.LOCK, Word.OK)
    assert world.phase == "stop"
    world.pin(RUTH.pin)
    assert world.phase == "stop"
    # The unit that was sold ends the stop by itself, as ever.
    world.scan(GOOD_KETTLE)
    assert world.phase == "grade"
    assert world.newest("return.serial_accepted") == []


def test_undo_takes_the_word_back_by_a_counter_event(world: OverrideWorld) -> None:
    world.badge(RUTH)
    world.go(Word.ANSWER_1)
    world.pin(RUTH.pin)
    (word,) = world.newest("return.serial_accepted")
    world.go(Word.UNDO)
    assert world.phase == "stop"
    assert world.newest("return.undone")[0].corrects == word.event_id


def test_a_badge_that_nobody_here_has_leaves_the_stop(world: OverrideWorld) -> None:
    world.badge(replace(RUTH, badge=b"badge of nobody."))
    assert world.phase == "stop"
    world.badge(RUTH)
    world.badge(replace(RUTH, badge=b"badge of nobody."))
    assert world.said() == "approvals.badge_unknown"
    assert world.phase == "why"


def test_where_people_sign_in_a_supervisors_badge_is_for_the_stop_and_others_take_over(
    tmp_path: Path,
) -> None:
    world = SignInWorld(tmp_path)
    world.badge(signing_in.ANA)
    world.scan(RMA.code, OTHER_KETTLE)
    # A supervisor whom the centre gave no certificate is told so, and stays outside.
    screen = world.badge(signing_in.DANA).bench
    assert screen.band.headline == "Dana cannot decide that here"
    assert screen.band.state is BandState.STOP
    # So is one who was made known with the role only: it is their key that is missing, not their name.
    eve, now = b"badge of Eve....", to_text(world.clock.now())
    role = Known("eve", "Eve S.", "supervisor", badge_digest(eve), pin=False, seen=now)
    world.thread.ask(lambda: world.ledger.save([keeping(people(world.ledger), role)]))
    screen = world.badge(eve).bench
    assert screen.band.headline == "Eve S. cannot decide that here"
    assert "Expected a key" in screen.band.hint
    assert screen.band.state is BandState.STOP
    # Somebody else comes to work here, as anywhere.
    screen = world.badge(signing_in.BEN).bench
    assert isinstance(screen.work, SignInWork)
    world.close()


def test_it_stands_for_a_serial_that_did_not_come_yet(world: OverrideWorld) -> None:
    """Of two sold ones the nearer came already, in the same box."""
    lines = (RmaLine(1, KETTLE.sku, 2, "changed_mind", serials=(SOLD, "SN-110000")),)
    rma = Rma("R-77-7", "acme", "8843", lines)
    world.tell("rma", rma.code, {**rma.to_json(), "done": [], "state": "open"})
    world.go(Word.UNDO, Word.HOLD)
    world.scan("R-77-7", GOOD_KETTLE)
    world.go(Word.GRADE_A)
    world.scan(OTHER_KETTLE)
    assert world.phase == "stop"
    screen = world.badge(RUTH).bench
    assert isinstance(screen.work, AnswerWork)
    assert [fact.value for fact in screen.work.item.facts] == [CAME, "SN-110000"]
    world.go(Word.ANSWER_1)
    world.pin(RUTH.pin)
    assert world.newest("return.serial_accepted")[0].body["instead_of"] == "SN-110000"
