from __future__ import annotations

from app.domain import laws
from app.ledger.writer import Ledger
from app.queries.balances import balances
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
