"""Reviews at a real bench: marked, signed once with badge and PIN, recorded; and all that is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.approvals import Approval, Statement, body_digest
from app.domain.event import Event
from app.ledger.audit import audit
from app.scanning import badges
from app.scanning.commands import Word
from app.station.desk import Front
from app.workflows.view import AnswerWork, BandState, Marker
from tests.app.station.bench_world import MUGS
from tests.app.station.review_world import BIG, LIMITS, OMAR, PHOTO, RUTH, ReviewWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ReviewWorld]:
    made = ReviewWorld(tmp_path)
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def signers(event: Event) -> list[str]:
    said = [Statement.read(Approval.from_json(entry).statement) for entry in event.approvals]
    assert {one.body for one in said} <= {body_digest(replace(event, approvals=()))}
    return [one.approver for one in said]


def test_two_scans_a_request_and_one_badge_and_pin_for_all(world: ReviewWorld) -> None:
    labels = world.discard(3)
    world.traces.clear()
    world.go(Word.GO_APPROVALS)
    for label in labels:
        world.go(label, Word.OK)
    world.badge(RUTH)
    assert len(world.traces) == 1 + 2 * len(labels) + 1, "nothing else was scanned, pressed or typed"
    assert world.newest("stock.written_off") == [], "marks decide nothing"
    world.pin(RUTH.pin)
    gone = world.newest("stock.written_off", 5)
    assert [event.body["label"] for event in reversed(gone)] == labels
    assert [signers(event) for event in gone] == [["RUTH"]] * 3
    assert {event.operator for event in gone} == {"ana"}, "the work stays who did it"
    assert {move.target.location for event in gone for move in event.moves} == {"@scrap"}
    (noted,) = world.newest("approval.given", 5)
    assert len(noted.body["statements"]) == 3  # type: ignore[arg-type]  # a list, as it was recorded
    band = world.bench.screen().bench.band
    assert (band.state, band.headline) == (BandState.OK, "3 approved")
    assert world.review().rows == ()


def test_what_is_shown_of_a_request(world: ReviewWorld) -> None:
    (label,) = world.discard()
    world.clock.pass_minutes(5 * 60)
    world.go(Word.GO_APPROVALS)
    work = world.review()
    (row,) = work.rows
    assert (row.command, row.value, row.age, row.late, row.marker) == (
        label,
        "42.10",
        "5 h",
        True,
        Marker.NOW,
    )
    assert row.picture == f"photo/{PHOTO}"
    assert "Ana K." in row.detail
    assert work.title == "1 to decide"
    assert work.late == "1 over 4 h"
    assert work.total == "GBP 42.10"
    assert work.item is not None
    facts = {fact.label: fact.value for fact in work.item.facts}
    assert facts["Return"] == BIG
    assert label in facts["Label"]
    assert facts["Rule"]
    assert [fact.value for fact in work.story] == ["Graded D by Ana K.", f"Received on {BIG}"]


def test_rejected_ones_stay_on_hold_and_are_asked_for_no_more(world: ReviewWorld) -> None:
    one, other = world.discard(2)
    world.go(Word.GO_APPROVALS, one, Word.REJECT)
    assert isinstance(world.bench.screen().bench.work, AnswerWork)
    world.go(Word.ANSWER_1, other, Word.NOTE, Word.ANSWER_1)
    assert [row.word for row in world.review().rows] == ["reject", "ask again"]
    world.badge(RUTH)
    world.pin(RUTH.pin)
    assert world.newest("stock.written_off") == []
    (no,) = world.newest("write_off.rejected")
    assert (no.operator, no.body["label"], no.body["why"], no.moves) == ("RUTH", one, "repair", ())
    (again,) = world.newest("write_off.queried")
    assert (again.body["label"], again.body["reason"]) == (other, "Take another photo")
    (row,) = world.review().rows
    assert (row.command, row.word) == (other, "asked again")
    assert world.newest("approval.given") == [], "nothing was approved"


def test_own_work_is_not_decided_on(world: ReviewWorld) -> None:
    world.enrol(replace(RUTH, code="ana", badge=b"badge of Ana...."))
    (label,) = world.discard()
    world.go(Word.GO_APPROVALS, Word.OK, badges.payload(b"badge of Ana...."))
    assert "cannot decide on own work" in world.headline()
    assert not world.thread.ask(lambda: world.bench._engine.reviewing.wants_pin)
    world.badge(RUTH)
    world.pin(RUTH.pin)
    assert world.newest("stock.written_off")[0].body["label"] == label


def test_a_large_amount_needs_two_people(world: ReviewWorld) -> None:
    world.worth(MUGS, LIMITS.two_person_above + 1)
    (label,) = world.discard()
    world.go(Word.GO_APPROVALS)
    assert "needed: over GBP 50.00" in {f.value for f in world.review().item.facts}  # type: ignore[union-attr]
    world.go(Word.OK)
    world.badge(RUTH)
    world.pin(RUTH.pin)
    assert world.newest("stock.written_off") == []
    assert world.review().rows[0].word == "2nd wanted"
    world.restart()
    world.go(label, Word.OK)
    world.badge(RUTH)
    assert world.headline() == "RUTH has signed that already"
    world.badge(OMAR)
    world.pin(OMAR.pin)
    (gone,) = world.newest("stock.written_off")
    assert signers(gone) == ["RUTH", "OMAR"]


def test_a_first_signature_on_another_value_is_dropped_and_said(world: ReviewWorld) -> None:
    """The second approver signs what the screen shows, never what the first one saw before."""
    value = LIMITS.two_person_above + 1
    world.worth(MUGS, value)
    (label,) = world.discard()
    world.go(Word.GO_APPROVALS, Word.OK)
    world.badge(RUTH)
    world.pin(RUTH.pin)
    world.go(label, Word.OK)
    world.badge(OMAR)
    # While the PIN is typed, the item is worth more.
    world.worth(MUGS, value + 700)
    world.pin(OMAR.pin)
    assert world.newest("stock.written_off") == []
    assert world.headline() == "The first signature is dropped"
    assert world.review().rows[0].word not in {"approve", "2nd wanted"}
    for who in (OMAR, RUTH):
        world.go(label, Word.OK)
        world.badge(who)
        world.pin(who.pin)
    (gone,) = world.newest("stock.written_off")
    assert signers(gone) == ["OMAR", "RUTH"]
    values = {Statement.read(Approval.from_json(entry).statement).value for entry in gone.approvals}
    assert values == {value + 700}


def test_a_first_signature_whose_key_was_revoked_since_is_none(world: ReviewWorld) -> None:
    """The centre would find the write-off invalid: the second signature becomes the first of two."""
    world.worth(MUGS, LIMITS.two_person_above + 1)
    (label,) = world.discard()
    world.go(Word.GO_APPROVALS, Word.OK)
    world.badge(RUTH)
    world.pin(RUTH.pin)
    world.revoke(RUTH)
    world.go(label, Word.OK)
    world.badge(OMAR)
    world.pin(OMAR.pin)
    assert world.newest("stock.written_off") == []
    assert world.review().rows[0].word == "2nd wanted"


def test_a_first_signature_that_fits_no_more_is_said_before_it_is_marked_again(world: ReviewWorld) -> None:
    world.worth(MUGS, LIMITS.two_person_above + 1)
    (label,) = world.discard()
    world.go(Word.GO_APPROVALS, Word.OK)
    world.badge(RUTH)
    world.pin(RUTH.pin)
    world.worth(MUGS, LIMITS.two_person_above + 2)
    world.go(label)
    assert world.review().rows[0].word != "2nd wanted"
    assert world.headline() == "The first signature is dropped"
    world.go(Word.OK)
    assert world.review().rows[0].word == "approve"


def test_wrong_pins_wait_then_lock_and_another_approver_unlocks(world: ReviewWorld) -> None:
    world.discard()
    world.go(Word.GO_APPROVALS, Word.OK)
    world.badge(RUTH)
    world.pin("000001")
    assert world.headline() == "Wrong PIN, 7 tries left"
    assert world.review().pin is not None, "the PIN is asked for again"
    world.pin("000002")
    world.pin("000003")
    world.pin(RUTH.pin)
    assert world.headline().startswith("Wait ")
    for _ in range(5):
        world.clock.wait_ms(700_000)
        world.pin("000004")
    assert world.headline() == "RUTH is locked here"
    world.badge(RUTH)
    world.badge(OMAR)
    world.pin(OMAR.pin)
    assert world.headline() == "RUTH may try again"
    world.badge(RUTH)
    world.pin(RUTH.pin)
    assert len(world.newest("stock.written_off")) == 1


def test_marks_survive_a_power_cut_and_secrets_are_nowhere(world: ReviewWorld, tmp_path: Path) -> None:
    first, _ = world.discard(2)
    world.go(Word.GO_APPROVALS, first, Word.OK)
    world.badge(RUTH)
    world.go("271829")
    assert world.headline() == "A scan never fills the PIN"
    world.restart()
    assert world.bench.screen().front == Front.APPROVALS
    assert world.review().rows[0].word == "approve"
    assert world.review().pin is None
    world.badge(RUTH)
    world.pin("999999")
    world.pin(RUTH.pin)
    said = json.dumps([[trace.raw, trace.route, trace.kind] for trace in world.traces])
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (RUTH.pin, "999999", badges.payload(RUTH.badge)[2:-1]):
        assert secret not in said
        assert secret.encode() not in kept
    assert RUTH.badge not in kept
    assert RUTH.badge.hex().encode() not in kept


def test_one_pin_signs_twenty_at_most(world: ReviewWorld) -> None:
    world.worth(MUGS, 100)
    world.discard(21)
    world.go(Word.GO_APPROVALS, *[Word.OK] * 21)
    assert world.headline() == "20 are marked: sign them first"
    world.badge(RUTH)
    world.pin(RUTH.pin)
    assert len(world.newest("stock.written_off", 30)) == 20
    assert len(world.review().rows) == 1


def test_a_unit_taken_back_at_the_bench_waits_no_more_and_a_written_off_one_is_not_taken_back(
    world: ReviewWorld,
) -> None:
    world.discard(2)
    world.go(Word.UNDO)
    world.go(Word.GO_APPROVALS)
    assert len(world.review().rows) == 1
    world.go(Word.OK)
    world.badge(RUTH)
    world.pin(RUTH.pin)
    world.go(Word.GO_BENCH, Word.UNDO)
    assert world.newest("return.undone", 5) == world.newest("return.undone", 1)


def test_words_and_codes_that_mean_nothing_say_so(world: ReviewWorld) -> None:
    world.go(Word.GO_APPROVALS)
    assert world.headline() == "Nothing waits for approval"
    world.go(Word.OK)
    assert world.bench.screen().bench.band.state is BandState.ATTENTION
    world.go("NO-SUCH-THING")
    assert world.headline() == "That is no request"
    world.badge(replace(RUTH, badge=b"nobody's badge.."))
    assert world.headline() == "Nobody here has that badge"
    world.badge(RUTH)
    assert world.headline() == "RUTH: mark something first"
    world.go(Word.GO_BENCH)
    world.badge(RUTH)
    assert world.headline() == "That is a badge"
    assert all(not trace.raw.startswith("XN") for trace in world.traces)
