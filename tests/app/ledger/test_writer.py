from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from app.domain.clock import Hlc, to_text
from app.domain.envelope import event_of, genesis, wall_of
from app.domain.feed import Cursor
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from app.ledger import outbox
from app.ledger.also import DropDraft, LabelPrinted, QueueLabel, SaveDraft, SetValue, TakeNumber
from app.ledger.audit import audit
from app.ledger.writer import Ledger
from tests.app.ledger.station import LABELS, START, HandClock, Station, everything, with_label


def test_a_new_station_begins_at_the_genesis_of_its_key(station: Station, ledger: Ledger) -> None:
    assert len(bytes.fromhex(ledger.head.station_id)) == 16
    assert len(bytes.fromhex(ledger.install_id)) == 16
    assert ledger.head == genesis(ledger.head.station_id, 1, station.signer.public_key)
    assert ledger.identity is None
    assert ledger.cursor == Cursor(0, 0)
    assert ledger.path == station.path


@pytest.mark.parametrize("name", ["sqlite3", "pysqlite3.dbapi2"])
def test_a_whole_step_is_one_commit_on_either_module(tmp_path: Path, name: str) -> None:
    station = Station(tmp_path / "station.db", pytest.importorskip(name))
    with station.open() as ledger:
        event = station.disposition(private={"note": "smells of smoke"})
        sealed = ledger.record(event, (*with_label(ledger, event), SaveDraft("job", {"step": 3})))
        head = ledger.head
    with station.open() as again:
        assert again.head == head == sealed.head
        assert again.envelope(event.event_id) == sealed
        assert event_of(sealed) == event
        assert again.peek_number(LABELS) == 2
        rows = everything(again)
        assert rows["label"] == [("L07-1-K", '{"sku":"K-17"}', "queued", 1, wall_of(sealed))]
        assert rows["draft"] == [("job", '{"step":3}', wall_of(sealed))]
        assert rows["return_progress"] == [("R-1", 1, 1)]
        assert rows["outbox"] == [(1,)]
        assert sorted(qty for _, qty in rows["balance"]) == [-1, 1]
        assert audit(again).clean


def test_durability_and_references_are_on(ledger: Ledger) -> None:
    def pragma(name: str) -> Any:
        return ledger.connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)


def test_every_event_carries_what_the_station_knew(station: Station, ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        ledger.set_cursor(tx, Cursor(3, 1204))
    header = ledger.record(station.arrival()).header.decode()
    for part in (
        '"app_ver":"0.1.0"',
        '"boot_id":"boot-1"',
        '"tz":"Europe/London"',
        '"feed_gen":3',
        '"feed_pos":1204',
        f'"wall":"{to_text(station.clock.at)}"',
    ):
        assert part in header


def test_a_private_part_is_salted_anew_each_time(station: Station, ledger: Ledger) -> None:
    first = ledger.record(station.disposition(private={"name": "Zoe"}))
    second = ledger.record(station.disposition(private={"name": "Zoe"}))
    assert first.private == second.private
    assert first.salt != second.salt
    assert ledger.record(station.disposition()).salt is None


def test_hybrid_time_never_goes_back_over_restarts(station: Station) -> None:
    seen = []
    for at in (START, START.replace(year=2025), START.replace(hour=10)):
        station.clock = HandClock(at)
        with station.open() as ledger:
            seen += [ledger.record(station.arrival()), ledger.record(station.arrival())]
            rows = ledger.connection.exec_driver_sql("SELECT hlc FROM event ORDER BY seq").scalars().all()
    times = [Hlc.parse(text) for text in rows]
    assert len(times) == 6
    assert times == sorted(set(times))


def test_an_event_already_recorded_is_answered_with_what_is_stored(station: Station, ledger: Ledger) -> None:
    event = station.disposition()
    sealed = ledger.record(event, [SaveDraft("job", {"n": 1})])
    before = everything(ledger)
    station.clock.forward(60)
    assert ledger.record(event, [SaveDraft("job", {"n": 2})]) == sealed
    assert everything(ledger) == before
    assert ledger.record(station.arrival()).prev == sealed.hash


def test_one_id_for_two_facts_is_a_defect(station: Station, ledger: Ledger) -> None:
    event = station.disposition()
    ledger.record(event)
    before = everything(ledger)
    with pytest.raises(sqlite3.IntegrityError):
        ledger.record(replace(event, body={**event.body, "grade": "B"}))
    assert everything(ledger) == before
    assert ledger.record(station.arrival()).seq == 2


def test_undo_takes_back_moves_progress_and_the_waiting_label(station: Station, ledger: Ledger) -> None:
    event = station.disposition()
    ledger.record(event, with_label(ledger, event))
    ledger.record(station.undoing(event))
    rows = everything(ledger)
    assert {qty for _, qty in rows["balance"]} == {0}
    assert rows["return_progress"] == [("R-1", 1, 0)]
    assert [row[2] for row in rows["label"]] == ["void"]
    assert ledger.peek_number(LABELS) == 2
    assert audit(ledger).clean


def test_an_event_is_undone_once(station: Station, ledger: Ledger) -> None:
    event = station.disposition()
    ledger.record(event)
    ledger.record(station.undoing(event))
    before = everything(ledger)
    with pytest.raises(Refused) as no:
        ledger.record(station.undoing(event))
    assert no.value.code == "undo.twice"
    assert everything(ledger) == before
    assert ledger.record(station.arrival()).seq == 3


def test_undoing_what_another_station_did_moves_and_changes_no_progress_here(
    station: Station, ledger: Ledger
) -> None:
    ledger.record(station.undoing(station.disposition()))
    assert everything(ledger)["return_progress"] == []
    assert audit(ledger).clean


def test_facts_that_cannot_be_sealed_leave_nothing(station: Station, ledger: Ledger) -> None:
    before = everything(ledger)
    with pytest.raises(Refused):
        ledger.record(replace(station.arrival(), body={"weight": 1.5}))
    with pytest.raises(Refused):
        ledger.record(station.arrival(), [SaveDraft("job", {"weight": 1.5})])
    assert everything(ledger) == before
    assert ledger.record(station.arrival()).seq == 1


def test_save_writes_without_an_event(ledger: Ledger) -> None:
    ledger.save(
        [
            SaveDraft("a", {"n": 1}),
            SaveDraft("a", {"n": 2}),
            SaveDraft("b", {}),
            DropDraft("b"),
            DropDraft("never there"),
            QueueLabel("L07-1-K", {"sku": "K-17"}),
            LabelPrinted("L07-1-K", "2026-11-23T09:00:01.000Z"),
            SetValue("person", "ana"),
            SetValue("gone", "x"),
            SetValue("gone", None),
        ]
    )
    rows = everything(ledger)
    assert rows["draft"] == [("a", '{"n":2}', to_text(START))]
    assert rows["label"] == [("L07-1-K", '{"sku":"K-17"}', "printed", None, "2026-11-23T09:00:01.000Z")]
    assert (ledger.value("person"), ledger.value("gone")) == ("ana", None)
    assert ledger.head.seq == 0


def test_a_value_never_meets_the_stations_own(ledger: Ledger) -> None:
    own = ledger.head.station_id
    ledger.save([SetValue("station_id", "mine")])
    ledger.close()
    assert ledger.head.station_id == own
    assert ledger.value("station_id") == "mine"


def test_numbers_are_taken_in_order_in_the_commit_that_uses_them(ledger: Ledger) -> None:
    taken = []
    for _ in range(3):
        taken.append(ledger.peek_number(LABELS))
        ledger.save([TakeNumber(LABELS, taken[-1])])
    assert taken == [1, 2, 3]
    assert ledger.peek_number("holding") == 1


@pytest.mark.parametrize("number", [1, 3])
def test_a_number_that_is_not_next_is_a_defect(ledger: Ledger, number: int) -> None:
    ledger.save([TakeNumber(LABELS, 1)])
    with pytest.raises(ValueError, match="not the next"):
        ledger.save([SaveDraft("job", {}), TakeNumber(LABELS, number)])
    with pytest.raises(ValueError, match="not the next"):
        ledger.save([TakeNumber("holding", 2)])
    assert ledger.peek_number(LABELS) == 2
    assert everything(ledger)["draft"] == []


def test_enrolment_is_kept(station: Station, ledger: Ledger) -> None:
    identity = station.identity(ledger)
    ledger.adopt(identity)
    assert ledger.identity == identity
    ledger.close()
    assert ledger.identity == identity


def test_an_answer_about_another_station_is_refused(station: Station, ledger: Ledger) -> None:
    identity = station.identity(ledger)
    for strange in (replace(identity, station_id="0" * 32), replace(identity, epoch=2)):
        with pytest.raises(Refused) as no:
            ledger.adopt(strange)
        assert no.value.code == "ledger.other_station"
    assert ledger.identity is None


def test_another_key_does_not_open_the_station(station: Station) -> None:
    with station.open() as ledger:
        ledger.record(station.arrival())
    with pytest.raises(Refused) as no:
        replace(station, signer=Ed25519Signer(bytes(32))).open()
    assert no.value.code == "ledger.other_key"
    with station.open() as ledger:
        assert ledger.head.seq == 1


def test_a_mistake_in_the_block_is_rolled_back_and_forgotten(station: Station, ledger: Ledger) -> None:
    before = everything(ledger)

    def mistake() -> None:
        with ledger.transaction() as tx:
            ledger.set_cursor(tx, Cursor(9, 9))
            tx.connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(DBAPIError):
        mistake()
    assert everything(ledger) == before
    assert ledger.cursor == Cursor(0, 0)
    assert ledger.record(station.arrival()).seq == 1


def test_a_closed_ledger_opens_again_when_used(station: Station, ledger: Ledger) -> None:
    ledger.record(station.disposition())
    ledger.close()
    ledger.close()
    assert ledger.record(station.disposition()).seq == 2
    assert outbox.waiting(ledger).count == 2
    assert audit(ledger).clean
