from __future__ import annotations

from app.domain import laws
from app.ledger.writer import Ledger
from app.queries.balances import balances, of_label
from tests.app.ledger.station import Station


def test_balances_are_those_of_the_moves_without_the_accounts_at_zero(
    station: Station, ledger: Ledger
) -> None:
    events = [station.disposition(serial="SN1"), station.disposition(qty=3, grade="B")]
    for event in events:
        ledger.record(event)
    undone = station.disposition()
    ledger.record(undone)
    ledger.record(station.undoing(undone))
    assert balances(ledger.connection) == laws.fold(move for event in events for move in event.moves)


def test_a_new_station_has_none(ledger: Ledger) -> None:
    assert balances(ledger.connection) == {}


def test_what_is_under_a_label_is_what_is_inside_and_still_there(station: Station, ledger: Ledger) -> None:
    kept, undone = station.disposition(qty=3, grade="B"), station.disposition(qty=2)
    for event in (kept, undone):
        ledger.record(event)
    where = kept.moves[-1].target
    assert where.label
    assert of_label(ledger.connection, where.label) == {where: 3}
    ledger.record(station.undoing(undone))
    assert of_label(ledger.connection, undone.moves[-1].target.label or "") == {}
    assert of_label(ledger.connection, "L-none") == {}
