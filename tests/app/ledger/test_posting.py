from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Account, Status
from app.domain.clock import to_ms, to_text
from app.domain.event import Event
from app.domain.move import Move, MoveKind
from app.ledger import posting
from app.ledger.audit import audit
from app.ledger.posting import AccountIds, Progress, progress_of, subjects_of, units_of, wall_text
from app.ledger.statements import prepare
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station, everything


def test_a_disposition_of_a_line_is_progress(station: Station) -> None:
    event = station.disposition(rma="R-9", line=3, qty=4)
    assert progress_of(event, None) == Progress("R-9", 3, 4)
    assert progress_of(station.undoing(event), event) == Progress("R-9", 3, -4)


def test_blind_returns_arrivals_and_undos_of_them_are_no_progress(station: Station) -> None:
    blind, arrival = station.disposition(rma=None), station.arrival()
    for event, undone in (
        (blind, None),
        (arrival, None),
        (station.undoing(arrival), arrival),
        (station.undoing(blind), blind),
        (station.undoing(blind), None),
    ):
        assert progress_of(event, undone) is None


def test_subjects_name_every_unit_that_was_moved_once(station: Station) -> None:
    event = station.disposition(label="L07-9-K", serial="SN1")
    bare = replace(event, subject=("rma:R-1",))
    assert subjects_of(bare) == ("rma:R-1", "unit:SN1", "unit:L07-9-K")
    assert sorted(subjects_of(event)) == sorted({*event.subject, "unit:SN1", "unit:L07-9-K"})


def test_units_are_what_was_given_a_disposition(station: Station) -> None:
    event = station.disposition(qty=3)
    assert units_of(event) == 3
    assert units_of(station.undoing(event)) == units_of(station.arrival()) == 0


def _account(number: int) -> Account:
    return Account("ACME", "K-17", f"R-{number}", Status.SELLABLE)


def test_accounts_keep_their_ids_when_the_memory_of_them_is_full(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "_REMEMBERED", 3)
    ids = AccountIds(prepare())
    with ledger.transaction() as tx:
        first = [ids.id_of(tx, _account(n)) for n in range(8)]
        again = [ids.id_of(tx, _account(n)) for n in (7, 0, 7, 3)]
        assert len(ids._known) == 3
    assert len(set(first)) == 8
    assert again == [first[n] for n in (7, 0, 7, 3)]


def test_an_account_only_passed_over_has_no_balance_row(station: Station, ledger: Ledger) -> None:
    ledger.record(station.disposition())
    rows = everything(ledger)
    assert len(rows["account"]) == 3
    assert len(rows["balance"]) == 2


def test_every_part_of_an_account_finds_its_column(ledger: Ledger) -> None:
    held = Account("o", "i", "l", Status.QUARANTINED, "why", "lot", "serial", "label", "B")
    freed = replace(held, status=Status.SELLABLE, reason=None)
    event = Event("e", "stock.adjusted", (), "ana", "s", (Move(2, held, freed, MoveKind.ADJUST, "r", "d"),))
    ledger.record(event)
    row = ledger.connection.exec_driver_sql("SELECT * FROM account WHERE id = 1").one()._asdict()
    assert {name: row[name] for name in row if name != "id"} == {
        "owner": "o",
        "item": "i",
        "location": "l",
        "status": "quarantined",
        "reason": "why",
        "lot": "lot",
        "serial": "serial",
        "label": "label",
        "grade": "B",
    }
    assert everything(ledger)["move"] == [(1, 1, 2, 1, 2, "adjust", "r", "d")]
    assert audit(ledger).clean


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_the_column_gives_the_wall_that_was_sealed(at: datetime) -> None:
    assert wall_text(to_ms(at)) == to_text(at)
