from __future__ import annotations

from app.domain.clock import to_text
from app.domain.event import EventKind
from app.ledger import outbox
from app.ledger.writer import Ledger
from app.queries import history
from app.queries.history import SavedUnit
from tests.app.ledger.station import Station, with_label


def test_an_event_is_read_back_as_it_was_recorded(station: Station, ledger: Ledger) -> None:
    event = station.disposition(private={"note": "x"})
    sealed = ledger.record(event)
    found = history.by_id(ledger.connection, event.event_id)
    assert found is not None
    assert (found.event, found.seq, found.wall) == (event, 1, to_text(station.clock.at))
    assert (found.undone, found.acknowledged) == (False, False)
    ledger.record(station.undoing(event))
    assert outbox.acknowledge(ledger, 1, 1, sealed.hash)
    found = history.by_id(ledger.connection, event.event_id)
    assert found is not None
    assert (found.undone, found.acknowledged) == (True, True)
    assert history.by_id(ledger.connection, "never") is None


def test_the_last_units_come_newest_first_with_what_became_of_them(station: Station, ledger: Ledger) -> None:
    plain = station.disposition(qty=3)
    first = ledger.record(plain, with_label(ledger, plain))
    printed = station.disposition(rma=None, serial="SN1", grade="C")
    ledger.record(printed, with_label(ledger, printed))
    ledger.record(station.arrival())
    undone = station.disposition()
    ledger.record(undone, with_label(ledger, undone))
    ledger.record(station.undoing(undone))
    outbox.acknowledge(ledger, 1, 1, first.hash)
    found = history.recent(ledger.connection, 10)
    assert [unit.seq for unit in found] == [4, 2, 1]
    assert [unit.undone for unit in found] == [True, False, False]
    assert [unit.acknowledged for unit in found] == [False, False, True]
    assert found[2] == SavedUnit(
        seq=1,
        event_id=plain.event_id,
        wall="2026-11-23T09:00:01.000Z",
        sku="K-17",
        qty=3,
        serial=None,
        lot=None,
        grade="A",
        disposition="restock",
        place="R-03",
        label="L07-1-K",
        rma="R-1",
        line=1,
        undone=False,
        acknowledged=True,
    )
    assert (found[1].rma, found[1].line, found[1].serial) == (None, None, "SN1")


def test_only_as_many_units_as_asked_for_are_read(station: Station, ledger: Ledger) -> None:
    for _ in range(5):
        ledger.record(station.disposition())
        ledger.record(station.arrival())
    assert [unit.seq for unit in history.recent(ledger.connection, 2)] == [9, 7]
    assert history.recent(ledger.connection, 0) == ()


def test_the_last_units_are_found_without_sorting_all(ledger: Ledger) -> None:
    """The plan walks the primary key backwards; a sort would read every unit ever saved."""
    seen: list[str] = []
    raw = ledger.connection.connection.driver_connection
    assert raw is not None
    raw.set_trace_callback(seen.append)
    history.recent(ledger.connection, 5)
    raw.set_trace_callback(None)
    (statement,) = [text for text in seen if "+event.kind" in text]
    plan = ledger.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    assert not [row for row in plan if "TEMP B-TREE" in row[3]]
    assert any("event_undone_once" in row[3] for row in plan)


def test_a_timeline_is_in_order_and_ends_with_the_newest(station: Station, ledger: Ledger) -> None:
    arrival, first, other = station.arrival(), station.disposition(), station.disposition(rma="R-2")
    for event in (arrival, first, other):
        ledger.record(event)
    ledger.record(station.undoing(first))
    connection = ledger.connection

    def kinds(about: str, limit: int = 200) -> list[str]:
        return [entry.event.kind for entry in history.timeline(connection, about, limit)]

    whole = [EventKind.RETURN_ARRIVED, EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_UNDONE]
    assert kinds("rma:R-1") == whole
    assert kinds("rma:R-1", 2) == whole[1:]
    assert kinds("unit:L07-1-K") == whole[1:]
    assert kinds(f"event:{first.event_id}") == whole[2:]
    assert kinds("rma:R-3") == []
    assert [entry.undone for entry in history.timeline(connection, "rma:R-1")] == [False, True, False]


def test_a_unit_is_used_by_a_later_event_that_stands(station: Station, ledger: Ledger) -> None:
    first = station.disposition(serial="SN1")
    ledger.record(first)
    connection = ledger.connection
    assert not history.used_since(connection, first.event_id)
    ledger.record(station.disposition(rma="R-1", serial="SN2"))
    assert not history.used_since(connection, first.event_id)
    again = station.disposition(serial="SN1")
    ledger.record(again)
    assert history.used_since(connection, first.event_id)
    assert not history.used_since(connection, again.event_id)
    # Taken back, the later event stands in nobody's way, and neither does the taking back.
    ledger.record(station.undoing(again))
    assert not history.used_since(connection, first.event_id)
    assert not history.used_since(connection, again.event_id)


def test_a_unit_label_alone_makes_a_use_too(station: Station, ledger: Ledger) -> None:
    first = station.disposition(label="L07-1-K")
    ledger.record(first)
    ledger.record(station.disposition(label="L07-1-K"))
    assert history.used_since(ledger.connection, first.event_id)
    assert not history.used_since(ledger.connection, "never")


def test_what_follows_an_event_is_told_by_kind_and_subject(station: Station, ledger: Ledger) -> None:
    connection = ledger.connection
    for event in (station.disposition(), station.disposition(rma="R-2")):
        ledger.record(event)
    assert history.followed_by(connection, 1, "rma:R-2", EventKind.RETURN_DISPOSITIONED)
    assert not history.followed_by(connection, 2, "rma:R-2", EventKind.RETURN_DISPOSITIONED)
    assert not history.followed_by(connection, 1, "rma:R-1", EventKind.RETURN_DISPOSITIONED)
    assert not history.followed_by(connection, 1, "rma:R-2", EventKind.RETURN_FINISHED)
