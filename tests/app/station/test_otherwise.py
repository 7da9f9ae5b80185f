"""Another disposition than the rule's, chosen by a supervisor at the operator's own screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import resources
from app.domain.approvals import Approval, Statement, body_digest
from app.domain.event import Event
from app.domain.item import Item
from app.domain.policy import read_policy
from app.ledger.audit import audit
from app.queries import balances
from app.scanning.commands import Word
from app.workflows.view import AnswerWork, BandState, Choice, SavedWork, SignInWork, WaitWork
from tests.app.station.bench_world import MUG_CODE, RMA
from tests.app.station.override_world import ANA, OverrideWorld
from tests.app.station.review_world import BIG, DEAR, LIMITS, OMAR, RUTH


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OverrideWorld]:
    made = OverrideWorld(tmp_path)
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def saves_a_mug(world: OverrideWorld) -> str:
    """A mug that the rule sends back to stock; its label."""
    world.go(BIG, MUG_CODE, Word.GRADE_A)
    assert world.phase == "saved"
    return str(world.printed[-1][0]["code"])


def offered(world: OverrideWorld) -> list[Choice]:
    work = world.bench.screen().bench.work
    assert isinstance(work, AnswerWork)
    return list(work.answers)


def decides(world: OverrideWorld, word: Word = Word.QUARANTINE) -> Event:
    """REJECT, badge, where to, why, PIN: four scans and six keys."""
    world.go(Word.REJECT)
    world.badge(RUTH)
    world.go(word, Word.ANSWER_1)
    world.pin(RUTH.pin)
    return world.newest("unit.redecided")[0]


def test_four_scans_and_a_pin_send_a_saved_unit_elsewhere(world: OverrideWorld) -> None:
    old = saves_a_mug(world)
    screen = world.go(Word.REJECT).bench
    assert isinstance(screen.work, WaitWork)
    world.badge(RUTH)
    captions = [choice.title for choice in offered(world)]
    assert "RESTOCK" not in captions
    assert "QUARANTINE" in captions
    screen = world.go(Word.QUARANTINE, Word.ANSWER_3).bench
    assert isinstance(screen.work, SignInWork)
    before = len(world.printed)
    screen = world.pin(RUTH.pin).bench
    assert screen.band.state is BandState.OK
    assert isinstance(screen.work, SavedWork)
    assert screen.work.rule == "a supervisor's word"
    assert screen.work.place == "HOLD-2"
    event = world.newest("unit.redecided")[0]
    (entry,) = event.approvals
    said = Statement.read(Approval.from_json(entry).statement)
    assert (said.approver, said.body) == ("RUTH", body_digest(replace(event, approvals=())))
    (unit,) = world.newest("return.dispositioned")
    assert event.body["overrides"] == {
        "by": "ana",
        "disposition": "restock",
        "event": unit.event_id,
        "grade": "A",
        "policy_ver": unit.policy_ver,
        "rule": unit.body["rule"],
    }
    assert event.body["reason"] == "Costs more than it brings"
    (label, copy), *others = world.printed[before:]
    assert others == []
    assert (label["place"], label["code"] == old, copy) == ("HOLD-2", False, False)
    # The box goes on where it was.
    world.scan(MUG_CODE)
    assert world.phase == "grade"


def test_undo_takes_the_override_back_and_the_rule_stands_again(world: OverrideWorld) -> None:
    world.go(BIG, MUG_CODE, Word.GRADE_B)
    word = decides(world)
    world.go(Word.UNDO)
    assert world.newest("return.undone")[0].corrects == word.event_id
    # The next UNDO is about the unit itself.
    world.go(Word.UNDO)
    assert world.newest("return.undone")[0].corrects == world.newest("return.dispositioned")[0].event_id


def test_undo_puts_nothing_up_for_sale_that_a_supervisor_kept_from_it(world: OverrideWorld) -> None:
    saves_a_mug(world)
    label = str(decides(world).body["label"])
    screen = world.go(Word.UNDO).bench
    assert (world.said(), world.phase) == ("override.undo", "saved")
    assert label in screen.band.hint
    world.restart()
    world.go(Word.UNDO, Word.UNDO)
    assert (world.said(), world.newest("return.undone")) == ("override.undo", [])
    # Another supervisor decides anew, as the screen says.
    world.go(Word.HOLD, label, Word.REJECT)
    world.badge(OMAR)
    world.go(Word.RESTOCK, Word.ANSWER_1)
    world.pin(OMAR.pin)
    assert world.newest("unit.redecided")[0].body["place"] == "R-03"
    # What put it up for sale can be taken back: that keeps it from sale again.
    world.go(Word.UNDO)
    assert len(world.newest("return.undone")) == 1


def test_undo_in_another_box_asks_first_and_counts_no_line(world: OverrideWorld) -> None:
    world.go(BIG, MUG_CODE, Word.GRADE_B)
    word = decides(world)
    world.go(Word.HOLD, RMA.code)
    world.go(Word.UNDO)
    assert (world.said(), world.newest("return.undone")) == ("undo_other", [])
    world.go(Word.UNDO)
    assert world.newest("return.undone")[0].corrects == word.event_id
    world.go(Word.HOLD, BIG)
    done = world.thread.ask(lambda: world.bench._engine.bench.state.job)
    assert done is not None
    assert (dict(done.done), done.kept) == ({1: 1}, 0)


def test_a_label_leads_to_the_same_and_can_be_decided_again_by_another(world: OverrideWorld) -> None:
    label = saves_a_mug(world)
    world.go(Word.HOLD, label)
    assert world.phase == "reason"
    first = decides(world, Word.VENDOR)
    assert first.body["replaces"] == label
    newest = str(world.printed[-1][0]["code"])
    world.go(newest, Word.REJECT)
    # It is her decision now: another one decides over it.
    world.badge(RUTH)
    assert world.said() == "override.own_work"
    world.badge(OMAR)
    world.go(Word.RESTOCK, Word.ANSWER_1)
    world.pin(OMAR.pin)
    second = world.newest("unit.redecided")[0]
    assert second.body["overrides"]["by"] == "RUTH"  # type: ignore[index]  # the body is JSON
    assert second.body["place"] == "R-03"


def test_a_graded_unit_is_not_decided_about_by_who_graded_it(world: OverrideWorld) -> None:
    world.enrol(ANA)
    saves_a_mug(world)
    world.go(Word.REJECT)
    world.badge(ANA)
    assert world.said() == "override.own_work"
    assert world.phase == "badge"


def test_a_way_that_a_limit_blocks_stays_shut_and_says_which(world: OverrideWorld) -> None:
    limit = "hazardous goods are neither sold on nor repaired here"
    world.tell("item", DEAR.sku, replace(DEAR, hazardous=True).to_json())
    saves_a_mug(world)
    world.go(Word.REJECT)
    world.badge(RUTH)
    shut = {choice.title: choice.detail for choice in offered(world) if not choice.enabled}
    assert set(shut) == {"REFURB", "VENDOR", "LIQUIDATE"}
    assert set(shut.values()) == {f"not possible: {limit}"}
    screen = world.go(Word.VENDOR).bench
    assert (world.said(), world.phase) == ("override.blocked", "choice")
    assert limit[1:] in screen.band.hint
    world.go((Word.ANSWER_1, Word.ANSWER_2)[[c.title for c in offered(world)].index("REFURB")])
    assert (world.said(), world.phase) == ("override.blocked", "choice")


def test_every_way_back_leaves_the_unit_where_it_is(world: OverrideWorld) -> None:
    saves_a_mug(world)
    world.go(Word.REJECT)
    world.badge(RUTH)
    # Where it stands already it cannot go.
    world.go(Word.RESTOCK)
    assert world.said() == "override.same"
    world.go(Word.ANSWER_9)
    assert world.said() == "approvals.no_such"
    world.go(Word.QUARANTINE, Word.ANSWER_1)
    for phase in ("why", "choice", "saved"):
        world.go(Word.UNDO)
        assert world.phase == phase
    world.go(Word.REJECT)
    world.go(Word.LOCK, Word.OK)
    assert world.phase == "saved"
    world.go(Word.REJECT)
    world.restart()
    assert world.phase == "item"
    assert world.newest("unit.redecided") == []


def test_a_unit_that_waits_for_its_sale_is_the_centres(world: OverrideWorld) -> None:
    world.go(Word.BLIND, MUG_CODE, Word.GRADE_A, Word.REJECT)
    assert world.said() == "override.blind"
    assert world.phase == "saved"


def test_what_is_discarded_by_a_word_waits_for_another_approver(world: OverrideWorld) -> None:
    saves_a_mug(world)
    decides(world, Word.DISCARD)
    world.go(Word.GO_APPROVALS, Word.OK)
    world.badge(RUTH)
    assert world.said() == "approvals.own"
    world.badge(OMAR)
    world.pin(OMAR.pin)
    assert world.newest("stock.written_off")[0].operator == "RUTH"


def test_who_rejected_a_write_off_does_not_give_the_goods_away_instead(world: OverrideWorld) -> None:
    source = resources.policy_source().replace('version = "', 'version = "giving-', 1)
    donate = '[disposition.donate]\ncaption = "DONATE"\nstatus = "damaged"\nplace = "G-01"'
    source = source.replace("[disposition.restock]", f"{donate}\n\n[disposition.restock]")
    version = read_policy(source, "giving").version
    world.tell("policy", version, {"version": version, "source": source})
    (label,) = world.discard()
    world.go(Word.GO_APPROVALS, Word.REJECT, Word.ANSWER_1)
    world.badge(RUTH)
    world.pin(RUTH.pin)
    world.go(Word.GO_BENCH, Word.HOLD, label, Word.REJECT)
    world.badge(RUTH)
    donates = next(choice for choice in offered(world) if choice.title == "DONATE")
    assert donates.enabled
    world.go(Word.DONATE, Word.ANSWER_1)
    world.pin(RUTH.pin)
    assert (world.said(), world.newest("unit.redecided")) == ("override.own_work", [])


def test_a_policy_that_came_meanwhile_is_the_one_that_counts(world: OverrideWorld) -> None:
    saves_a_mug(world)
    world.go(Word.REJECT)
    world.badge(RUTH)
    world.go(Word.VENDOR, Word.ANSWER_1)
    source = resources.policy_source().replace('version = "', 'version = "closed-', 1)
    source += '\n[[blocked]]\nname = "no vendor takes mugs"\nroutes = ["vendor_return"]\ngrades = ["A"]\n'
    version = read_policy(source, "closed").version
    world.tell("policy", version, {"version": version, "source": source})
    world.pin(RUTH.pin)
    assert (world.said(), world.newest("unit.redecided")) == ("override.refused", [])
    assert world.phase == "saved"


def test_a_unit_that_the_centre_moved_is_not_decided_about_here(world: OverrideWorld) -> None:
    """Neither after it was saved, nor by its label, nor when that is told while the PIN is typed."""
    label = saves_a_mug(world)
    world.go(Word.REJECT)
    world.badge(RUTH)
    world.go(Word.QUARANTINE, Word.ANSWER_1)
    world.moves_on(label)
    world.pin(RUTH.pin)
    assert (world.said(), world.phase) == ("override.no_unit", "saved")
    world.go(Word.REJECT)
    assert (world.said(), world.phase) == ("override.no_unit", "saved")
    world.go(Word.HOLD, label)
    assert (world.said(), world.phase) == ("own_label", "idle")
    assert world.newest("unit.redecided") == []


def test_a_unit_that_was_taken_up_before_the_centre_moved_it_is_not_decided_about_either(
    world: OverrideWorld,
) -> None:
    label = saves_a_mug(world)
    world.go(Word.HOLD, label)
    world.moves_on(label)
    world.go(Word.REJECT)
    assert (world.said(), world.phase) == ("override.no_unit", "reason")


def test_a_unit_that_was_moved_while_it_was_graded_again_stays_as_it_was_graded(
    world: OverrideWorld,
) -> None:
    label = saves_a_mug(world)
    world.go(Word.HOLD, label, Word.ANSWER_1)
    world.moves_on(label)
    world.go(Word.GRADE_B)
    assert (world.said(), world.phase) == ("moved_on", "idle")
    assert world.newest("return.regraded") == []
    world.restart()
    assert world.phase == "idle"


def test_of_another_sites_places_nothing_is_told_here_and_the_own_record_counts(world: OverrideWorld) -> None:
    label = saves_a_mug(world)
    world.moves_on(label, site="WH2")
    assert decides(world).body["replaces"] == label


def test_what_the_centre_still_holds_where_it_was_put_is_decided_about_as_ever(world: OverrideWorld) -> None:
    label = saves_a_mug(world)
    here = world.thread.ask(lambda: balances.of_label(world.ledger.connection, label))
    world.held(*here.items())
    world.go(Word.HOLD, label, Word.ANSWER_1, Word.GRADE_B)
    again = str(world.newest("return.regraded")[0].body["label"])
    assert decides(world).body["replaces"] == again


def test_what_was_told_of_the_item_meanwhile_counts_at_the_pin(world: OverrideWorld) -> None:
    """It was no hazard, and worth less, when the way was chosen."""
    world.go(BIG, MUG_CODE, Word.GRADE_B)
    for more, why in ((replace(DEAR, hazardous=True), "does not let it go"), (dearer(), "two supervisors")):
        world.tell("item", DEAR.sku, DEAR.to_json())
        world.go(Word.REJECT)
        world.badge(RUTH)
        world.go(Word.VENDOR, Word.ANSWER_1)
        world.tell("item", DEAR.sku, more.to_json())
        screen = world.pin(RUTH.pin).bench
        assert (world.said(), world.phase) == ("override.refused", "saved")
        assert why in screen.band.hint
    assert world.newest("unit.redecided") == []


def dearer() -> Item:
    """Worth more than one supervisor decides about."""
    return replace(DEAR, value_minor=LIMITS.two_person_above + 1)
