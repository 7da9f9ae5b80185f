from __future__ import annotations

from app.domain.clock import to_text
from app.ledger.also import DropDraft, LabelPrinted, QueueLabel, SaveDraft
from app.ledger.writer import Ledger
from app.queries import desk
from app.queries.desk import Draft, UnitLabel
from tests.app.ledger.station import START, Station, with_label


def test_parked_jobs_come_with_the_last_saved_first(station: Station, ledger: Ledger) -> None:
    ledger.save([SaveDraft("a", {"step": 1}), SaveDraft("b", {"step": 1}), SaveDraft("c", {})])
    station.clock.forward(60)
    ledger.save([SaveDraft("b", {"step": 2}), DropDraft("c")])
    later = to_text(station.clock.at)
    assert desk.drafts(ledger.connection) == (
        Draft("b", {"step": 2}, later),
        Draft("a", {"step": 1}, to_text(START)),
    )
    assert desk.load_draft(ledger.connection, "b") == Draft("b", {"step": 2}, later)
    assert desk.load_draft(ledger.connection, "c") is None


def test_labels_wait_oldest_first_until_printed(station: Station, ledger: Ledger) -> None:
    events = [station.disposition() for _ in range(3)]
    for event in events:
        ledger.record(event, with_label(ledger, event))
        station.clock.forward(1)
    codes = [str(event.body["label"]) for event in events]
    assert [label.code for label in desk.unprinted(ledger.connection)] == codes
    assert [label.code for label in desk.unprinted(ledger.connection, 1)] == codes[:1]
    ledger.save([LabelPrinted(codes[0], "2026-11-23T10:00:00.000Z")])
    ledger.record(station.undoing(events[1]))
    assert [label.code for label in desk.unprinted(ledger.connection)] == codes[2:]
    assert desk.unprinted_count(ledger.connection) == 1


def test_a_label_is_found_again_by_its_code(station: Station, ledger: Ledger) -> None:
    event = station.disposition()
    ledger.record(event, with_label(ledger, event))
    printed = "2026-11-23T10:00:00.000Z"
    ledger.save([LabelPrinted("L07-1-K", printed)])
    assert desk.unit_label(ledger.connection, "L07-1-K") == UnitLabel(
        "L07-1-K", {"sku": "K-17"}, "printed", 1, printed
    )
    assert desk.unit_label(ledger.connection, "L07-2-K") is None


def test_a_label_printed_again_is_queued_anew(ledger: Ledger) -> None:
    ledger.save([QueueLabel("L07-1-K", {"n": 1}), LabelPrinted("L07-1-K", "w")])
    ledger.save([QueueLabel("L07-1-K", {"n": 2})])
    (waiting,) = desk.unprinted(ledger.connection)
    assert waiting.document == {"n": 2}
