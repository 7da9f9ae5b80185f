"""The whole station behind the window, on a real file: scans in, events, labels and screens out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app.bootstrap import resources
from app.domain.account import Status
from app.domain.envelope import Envelope
from app.domain.event import Event
from app.domain.feed import Change, Page
from app.domain.refusal import Unavailable
from app.ledger import mirror, outbox
from app.ledger.also import Also
from app.ledger.audit import audit
from app.queries import desk, history
from app.scanning.double_read import Gaps
from app.station.status import LinkFacts
from app.workflows.view import BandState, IdleWork, Link, QuantityWork, SavedWork, Screen, StopWork
from tests.app.station.bench_world import GOOD_KETTLE, MUG_CODE, RMA, BenchWorld

VERSION = resources.policy().version


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BenchWorld]:
    made = BenchWorld(tmp_path)
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def test_three_scans_for_a_good_unit(world: BenchWorld) -> None:
    screen = world.scan(RMA.code, GOOD_KETTLE, "XKGRI" + "")
    screen = world.say("GRI") if screen.bench.band.state is not BandState.OK else screen
    assert screen.bench.band.headline == "Saved here: Kettle 1.7 L steel, A, RESTOCK"
    assert isinstance(screen.bench.work, SavedWork)
    assert screen.bench.work.place == "R-03"
    assert sum(screen.bench.work.label.bars) > 100
    document, copy = world.printed[0]
    assert (document["headline"], document["serial"], copy) == ("A RESTOCK", "SN-994471", False)
    assert str(document["code"]).startswith("L7-1-")


def test_parcel_label_opens_the_return_and_a_serial_alone_is_enough(world: BenchWorld) -> None:
    screen = world.scan("1Z999AA10123456784", "SN-994471")
    assert screen.bench.band.headline == "Is the seal intact?"
    world.say("GRI")
    traces = [trace.event for trace in world.traces]
    assert traces[0]
    assert traces[1] is None
    assert traces[2]


def test_saved_facts_survive_and_the_job_resumes_at_the_same_question(world: BenchWorld) -> None:
    world.scan(RMA.code, GOOD_KETTLE)
    world.say("GRI")
    world.scan(MUG_CODE, MUG_CODE)
    before = world.bench.screen()
    world.restart()
    after = world.bench.screen()
    assert after.bench.band == before.bench.band
    assert after.bench.job == before.bench.job
    world.say("GRII")
    assert [unit.qty for unit in world.thread.ask(lambda: history.recent(world.ledger.connection, 5))] == [
        2,
        1,
    ]


def test_undo_takes_back_stock_label_and_counters_by_a_visible_event(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("GRI")
    screen = world.say("UNDO")
    assert screen.bench.job is not None
    assert [figure.value for figure in screen.bench.job.figures] == ["3", "0", "0", "3"]
    kinds = [
        entry.event.kind
        for entry in world.thread.ask(lambda: history.timeline(world.ledger.connection, f"rma:{RMA.code}"))
    ]
    assert kinds == ["return.arrived", "return.dispositioned", "return.undone"]
    assert screen.bench.last is not None
    assert "taken back" in screen.bench.last.text
    world.scan(MUG_CODE)
    assert world.say("GRI").bench.band.state is BandState.OK


def test_undo_reaches_back_step_by_step(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("GRI")
    world.scan(GOOD_KETTLE)
    world.say("GRI", "UNDO", "UNDO")
    units = world.thread.ask(lambda: history.recent(world.ledger.connection, 5))
    assert [unit.undone for unit in units] == [True, True]
    assert world.say("UNDO").bench.band.headline == "Nothing to take back"


def test_a_different_serial_stops_and_shows_both(world: BenchWorld) -> None:
    world.scan(RMA.code)
    screen = world.scan("]C1010950600013435221SN-994417")
    assert screen.bench.band.state is BandState.STOP
    assert isinstance(screen.bench.work, StopWork)
    assert screen.bench.work.comparison is not None
    assert (screen.bench.work.comparison.expected, screen.bench.work.comparison.read) == (
        "SN-994471",
        "SN-994417",
    )
    assert world.say("OTHER").bench.band.state is BandState.ASK
    world.say("GRI")
    unit = world.thread.ask(lambda: history.recent(world.ledger.connection, 1))[0]
    assert (unit.serial, unit.place, unit.line) == ("SN-994417", "HOLD-1", None)


def test_typed_number_is_a_quantity_and_a_long_one_is_refused(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("COUNT")
    screen = world.type("40063813339")
    assert screen.bench.band.headline == "That is a barcode, not a number"
    assert isinstance(screen.bench.work, QuantityWork)
    world.type("2")
    assert world.say("GRI").bench.band.state is BandState.OK
    assert world.thread.ask(lambda: history.recent(world.ledger.connection, 1))[0].qty == 2


def test_what_nobody_knows_is_said_with_its_code(world: BenchWorld) -> None:
    assert "5901234123457" in world.scan("5901234123457").bench.band.hint
    assert world.scan("]d20109506000134353").bench.band.headline == "Damaged code"
    world.scan(RMA.code)
    assert world.scan("5901234123457").bench.band.headline == "Not in the catalogue"
    assert world.thread.ask(lambda: outbox.waiting(world.ledger)).count == 1


def test_a_blind_box_gets_holding_labels_and_quarantine(world: BenchWorld) -> None:
    world.say("BLIND")
    world.scan(MUG_CODE)
    screen = world.say("GRII")
    assert screen.bench.band.state is BandState.OK
    entry = world.thread.ask(lambda: history.timeline(world.ledger.connection, "sku:MUG-4"))[0]
    assert entry.event.moves[1].target.status is Status.QUARANTINED
    assert entry.event.moves[1].target.reason == "blind_return"
    assert str(world.printed[0][0]["code"]).startswith("H7-1-")
    assert isinstance(world.say("DONE").bench.work, IdleWork)


def test_hold_lists_the_job_and_its_code_resumes_it(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    screen = world.say("HOLD")
    assert isinstance(screen.bench.work, IdleWork)
    assert [held.code for held in screen.bench.work.held] == [RMA.code]
    resumed = world.scan(RMA.code)
    assert resumed.bench.job is not None
    assert resumed.bench.band.headline == "Grade Mug set of 4"


def test_reprint_is_a_copy(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("GRI", "REPRINT")
    assert [copy for _, copy in world.printed] == [False, True]
    assert world.printed[0][0]["code"] == world.printed[1][0]["code"]


def test_thirty_scans_at_once_are_thirty_answers_in_order(world: BenchWorld) -> None:
    world.say("BLIND")
    world.scan(*([MUG_CODE] * 30))
    assert world.traces[-1].route.endswith("grade")
    world.say("GRI")
    assert world.thread.ask(lambda: history.recent(world.ledger.connection, 1))[0].qty == 30
    assert [trace.scan for trace in world.traces] == list(range(1, 33))


def test_a_bounce_is_one_scan(tmp_path: Path) -> None:
    world = BenchWorld(tmp_path, Gaps())
    world.bench.command("BLIND")
    world.bench.submit(MUG_CODE, "scanner", 50_000.0)
    world.bench.submit(MUG_CODE, "scanner", 50_010.0)
    world.bench.submit(MUG_CODE, "scanner", 50_500.0)
    world.say("GRI")
    assert world.thread.ask(lambda: history.recent(world.ledger.connection, 1))[0].qty == 2
    world.close()


def test_link_and_waiting_are_told_apart(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("GRI")
    world.bench.link_changed(LinkFacts(Link.ONLINE))
    screen = world.thread.ask(world.bench.screen)
    assert (screen.status.link_word, screen.status.waiting) == ("Online", 2)
    assert isinstance(screen.bench.work, SavedWork)
    assert screen.bench.work.sent_word == "Saved here, sending"
    head = world.thread.ask(lambda: world.ledger.head)
    assert world.thread.ask(lambda: outbox.acknowledge(world.ledger, head.epoch, head.seq, head.hash))
    world.bench.refresh()
    screen = world.thread.ask(world.bench.screen)
    assert screen.status.waiting == 0
    assert isinstance(screen.bench.work, SavedWork)
    assert screen.bench.work.sent_word.endswith("sent")


def test_a_label_is_printed_once_the_printer_said_so(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("GRI")
    assert len(world.thread.ask(world.bench.unprinted)) == 1
    world.bench.printed(str(world.printed[0][0]["code"]))
    screen = world.thread.ask(world.bench.screen)
    assert isinstance(screen.bench.work, SavedWork)
    assert screen.bench.work.printed.startswith("Printed 10:41")
    assert world.thread.ask(world.bench.unprinted) == ()


def test_half_a_scan_is_said_and_never_counted(world: BenchWorld) -> None:
    world.scan(RMA.code)
    world.bench.half_scan("40063")
    assert "40063" in world.thread.ask(world.bench.screen).bench.band.hint


def test_a_listener_that_breaks_keeps_no_label_and_no_screen_back(
    world: BenchWorld, expect_log: Callable[[str], None]
) -> None:
    expect_log("a listener of the bench failed")

    def broken(_: Screen, scan: int | None) -> None:
        raise OSError(28, "No space left on device", str(scan))

    world.scan(RMA.code, MUG_CODE)
    world.bench.subscribe(broken)
    screen = world.say("GRI")
    assert screen.bench.band.state is BandState.OK
    assert world.screens[-1] == screen
    assert len(world.printed) == 1


def test_a_subscription_ends(world: BenchWorld) -> None:
    heard: list[int | None] = []
    end = world.bench.subscribe(lambda _, scan: heard.append(scan))
    world.scan(RMA.code)
    end()
    world.say("HOLD")
    assert heard == [1]


def test_a_defect_is_said_and_the_job_stays_as_it_was(
    world: BenchWorld, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("a station task failed")
    world.scan(RMA.code, MUG_CODE)
    with monkeypatch.context() as patched:
        patched.setattr("app.station.bench_desk.advance", lambda *_: 1 // 0)
        screen = world.say("GRI")
    assert screen.bench.band.headline == "Backhaul made a mistake"
    assert [type(defect) for defect in world.defects] == [ZeroDivisionError]
    world.defects.clear()
    assert world.say("GRI").bench.band.state is BandState.OK


def test_a_commit_that_reached_the_disk_and_failed_after_it_is_no_second_unit(
    world: BenchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.scan(RMA.code, GOOD_KETTLE)
    record = world.ledger.record

    def reached(event: Event, also: Sequence[Also] = ()) -> Envelope:
        record(event, also)
        raise Unavailable("The disk went away.")

    with monkeypatch.context() as patched:
        patched.setattr(world.ledger, "record", reached)
        assert world.say("GRI").bench.band.headline == "Not recorded"
    world.say("GRI")
    units = world.thread.ask(lambda: history.recent(world.ledger.connection, 5))
    assert [unit.serial for unit in units] == ["SN-994471"]
    assert len(world.printed) == 1


def test_a_disposition_the_policy_no_longer_knows_is_still_shown(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("GRI")
    source = resources.policy_source().replace("[disposition.restock]", "[disposition.putaway]")
    source = source.replace('"restock"', '"putaway"').replace(VERSION, "2026.12-1")
    page = Page(1, 10, (Change(10, "policy", "2026.12-1", {"version": "2026.12-1", "source": source}),))
    world.thread.ask(lambda: mirror.apply_page(world.ledger, page))
    screen = world.scan(GOOD_KETTLE)
    assert screen.bench.last is not None
    assert screen.bench.last.text == "Mug set of 4, A, RESTOCK"
    world.restart()
    assert world.say("GRI").bench.band.state is BandState.OK


def test_the_same_serial_twice_says_when_and_where_it_was_seen(world: BenchWorld) -> None:
    world.say("BLIND")
    world.scan("]C1010950600013435221SN-77")
    world.say("GRI")
    screen = world.scan("]C1010950600013435221SN-77")
    assert screen.bench.band.headline == "This serial is here already"
    assert "H7-1-" in screen.bench.band.hint
    assert len(world.thread.ask(lambda: history.recent(world.ledger.connection, 5))) == 1


def test_a_serial_on_an_untracked_pack_is_no_identity(world: BenchWorld) -> None:
    world.scan(RMA.code, "]C1010400638133393121XYZ", "]C1010400638133393121XYZ")
    world.say("GRI")
    unit = world.thread.ask(lambda: history.recent(world.ledger.connection, 1))[0]
    assert (unit.qty, unit.serial) == (2, None)


def test_a_label_taken_back_stays_void_whatever_the_printer_says(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("GRI", "UNDO")
    code = str(world.printed[0][0]["code"])
    world.bench.printed(code)
    label = world.thread.ask(lambda: desk.unit_label(world.ledger.connection, code))
    assert label is not None
    assert label.state == "void"


def test_reprint_without_a_label_says_so(world: BenchWorld) -> None:
    assert world.say("REPRINT").bench.band.headline == "No label to print again"


def test_every_unprinted_label_comes_back(world: BenchWorld) -> None:
    world.say("BLIND")
    for _ in range(3):
        world.scan(MUG_CODE)
        world.say("GRI")
    assert len(world.thread.ask(world.bench.unprinted)) == 3


def test_a_box_finished_twice_is_recorded_once(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    world.say("GRI", "DONE")
    world.scan(RMA.code)
    screen = world.say("DONE")
    assert screen.bench.band.headline == f"{RMA.code} was closed before"
    world.restart()
    world.scan(RMA.code)
    world.restart()
    assert world.say("DONE").bench.band.headline == f"{RMA.code} was closed before"
    events = world.thread.ask(lambda: history.timeline(world.ledger.connection, f"rma:{RMA.code}"))
    assert [entry.event.kind for entry in events].count("return.finished") == 1


def test_a_typed_sku_is_found_in_any_case_and_a_scanned_one_as_it_is(world: BenchWorld) -> None:
    world.scan(RMA.code)
    assert world.scan("mug-4").bench.band.headline == "Not in the catalogue"
    assert world.type("mug-4").bench.band.headline == "Grade Mug set of 4"


def test_a_carriers_number_is_no_fact_and_its_parcel_arrives_once(world: BenchWorld) -> None:
    world.scan("1Z999AA10123456784", MUG_CODE)
    world.say("GRI", "HOLD")
    world.scan("1Z999AA10123456784")
    events = world.thread.ask(lambda: history.timeline(world.ledger.connection, f"rma:{RMA.code}"))
    assert [entry.event.kind for entry in events] == ["return.arrived", "return.dispositioned"]
    assert [entry.event.private for entry in events] == [
        {"parcel": "1Z999AA10123456784"},
        {"found_on": "1Z999AA10123456784"},
    ]
    assert not any("1Z999" in str(entry.event.facts()) for entry in events)


def test_facts_that_stay_as_they_were_draw_nothing(world: BenchWorld) -> None:
    world.scan(RMA.code)
    shown = len(world.screens)
    world.bench.printer_changed("")
    world.bench.link_changed(LinkFacts())
    world.thread.ask(world.bench.screen)
    assert len(world.screens) == shown
    world.bench.printer_changed("no paper")
    world.thread.ask(world.bench.screen)
    assert len(world.screens) == shown + 1


def test_a_policy_is_in_force_with_the_page_that_brings_it(world: BenchWorld) -> None:
    world.scan(RMA.code, MUG_CODE)
    source = resources.policy_source().replace(VERSION, "2026.12-1")
    change = Change(10, "policy", "2026.12-1", {"version": "2026.12-1", "source": source})
    world.thread.ask(lambda: mirror.apply_page(world.ledger, Page(1, 10, (change,))))
    world.say("GRI")
    recorded = world.thread.ask(lambda: history.recent(world.ledger.connection, 1))
    found = world.thread.ask(lambda: history.by_id(world.ledger.connection, recorded[0].event_id))
    assert found is not None
    assert found.event.policy_ver == "2026.12-1"
