"""Each law with a planted fault that breaks it, and nothing else that was not to be expected."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.ledger import mirror, outbox
from app.ledger.audit import AuditReport, audit
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station, first_page, with_label


@pytest.fixture
def busy(station: Station) -> Iterator[Ledger]:
    """Two lines of an RMA done, one taken back, one blind; the first two acknowledged; open to edits."""
    with station.open() as ledger:
        mirror.apply_page(ledger, first_page())
        ledger.record(station.arrival())
        first = station.disposition(private={"note": "x"}, qty=2)
        second = station.disposition(line=2, sku="T-2", serial="SN1")
        ledger.record(first, with_label(ledger, first))
        ledger.record(second, with_label(ledger, second))
        ledger.record(station.undoing(second))
        ledger.record(station.disposition(rma=None, grade="B"))
        assert outbox.acknowledge(ledger, 1, 2, outbox.pending(ledger, 2)[1].hash)
        ledger.connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        yield ledger


def _laws(ledger: Ledger) -> set[str]:
    return {violation.law for violation in audit(ledger).violations}


def _plant(ledger: Ledger, statement: str) -> None:
    assert ledger.connection.exec_driver_sql(statement).rowcount > 0


def test_a_sound_record_is_clean_and_counted(busy: Ledger) -> None:
    assert audit(busy) == AuditReport((), events=5, moves=8, accounts=8)
    busy.close()
    assert audit(busy).clean


def test_an_empty_record_is_clean(ledger: Ledger) -> None:
    assert audit(ledger) == AuditReport((), 0, 0, 0)


def _bytes(column: str, seq: int, old: str, new: str) -> str:
    """An edit inside sealed bytes."""
    changed = f"CAST(replace(CAST({column} AS TEXT), '{old}', '{new}') AS BLOB)"
    return f"UPDATE event SET {column} = {changed} WHERE seq = {seq}"  # noqa: S608 - the fault to plant


@pytest.mark.parametrize(
    ("statement", "laws"),
    [
        # The chain: what was signed, in the order it was signed.
        (_bytes("header", 3, "ana", "bob"), {"chain", "record"}),
        ("UPDATE event SET private = NULL, salt = NULL WHERE seq = 2", {"record"}),
        (_bytes("header", 5, "ana", "bob"), {"chain", "record"}),
        (_bytes("private", 2, "x", "y"), {"chain"}),
        (_bytes("facts", 2, "R-03", "R-04"), {"chain", "moves"}),
        ("UPDATE event SET sig = zeroblob(64) WHERE seq = 4", {"chain"}),
        ("UPDATE event SET salt = NULL WHERE seq = 2", {"chain"}),
        ("UPDATE event SET seq = 9 WHERE seq = 5", {"record", "moves", "subjects", "outbox"}),
        ("UPDATE event SET header = x'7b7d' WHERE seq = 3", {"chain", "record", "subjects"}),
        ("UPDATE event SET facts = x'5b5d' WHERE seq = 3", {"chain", "record", "subjects"}),
        # The columns beside the sealed bytes.
        ("UPDATE event SET kind = 'return.arrived' WHERE seq = 2", {"record"}),
        ("UPDATE event SET hash = 'x' WHERE seq = 2", {"record"}),
        ("UPDATE event SET event_id = 'x' WHERE seq = 2", {"record"}),
        ("UPDATE event SET epoch = 2 WHERE seq = 2", {"record"}),
        ("UPDATE event SET wall_ms = wall_ms + 1 WHERE seq = 2", {"record"}),
        ("UPDATE event SET hlc = '0-0' WHERE seq = 2", {"record"}),
        ("UPDATE event SET units = 5 WHERE seq = 2", {"record"}),
        ("UPDATE event SET corrects = NULL WHERE seq = 4", {"record"}),
        # Moves as stored, and the balances they add up to.
        ("UPDATE move SET qty = 3 WHERE seq = 2 AND line = 2", {"moves", "balances"}),
        ("UPDATE move SET reason = 'other' WHERE seq = 2 AND line = 1", {"moves"}),
        ("UPDATE move SET document = NULL WHERE seq = 2 AND line = 1", {"moves"}),
        ("DELETE FROM move WHERE seq = 2 AND line = 2", {"moves", "balances"}),
        ("DELETE FROM move WHERE seq = 5", {"moves", "balances"}),
        ("INSERT INTO move VALUES (2, 3, 1, 1, 3, 'return', NULL, NULL)", {"moves", "balances"}),
        ("INSERT INTO move VALUES (77, 1, 1, 1, 3, 'return', NULL, NULL)", {"moves", "balances"}),
        ("UPDATE account SET grade = 'C' WHERE grade = 'B'", {"moves"}),
        ("UPDATE account SET status = 'lost' WHERE grade = 'B'", {"moves", "balances", "conservation"}),
        # Balances.
        ("UPDATE balance SET qty = qty + 1 WHERE qty = 2", {"balances", "conservation"}),
        ("DELETE FROM balance WHERE qty = 2", {"balances", "conservation"}),
        ("INSERT INTO balance VALUES (2, 1)", {"balances", "conservation"}),
        ("UPDATE balance SET qty = -qty WHERE qty <> 0", {"balances"}),
        # Return progress.
        ("UPDATE return_progress SET qty = 1 WHERE line = 1", {"progress"}),
        ("UPDATE return_progress SET line = 7 WHERE line = 1", {"progress"}),
        ("DELETE FROM return_progress WHERE line = 1", {"progress"}),
        ("INSERT INTO return_progress VALUES ('R-9', 1, 1)", {"progress"}),
        # What the timeline finds.
        ("DELETE FROM subject WHERE subject = 'rma:R-1' AND seq = 3", {"subjects"}),
        ("INSERT INTO subject VALUES ('unit:X', 3)", {"subjects"}),
        ("UPDATE subject SET subject = 'rma:R-2' WHERE subject = 'rma:R-1' AND seq = 3", {"subjects"}),
        # Waiting, exactly what is not acknowledged.
        ("DELETE FROM outbox WHERE seq = 3", {"outbox"}),
        ("DELETE FROM outbox WHERE seq = 5", {"outbox"}),
        ("INSERT INTO outbox VALUES (2)", {"outbox"}),
        ("INSERT INTO outbox VALUES (77)", {"outbox"}),
        ("UPDATE meta SET value = '3' WHERE name = 'acknowledged'", {"outbox"}),
    ],
)
def test_a_planted_fault_is_found_and_named(busy: Ledger, statement: str, laws: set[str]) -> None:
    _plant(busy, statement)
    assert _laws(busy) == laws


def test_a_missing_event_breaks_the_chain_behind_it(busy: Ledger) -> None:
    for table in ("outbox", "subject", "move", "event"):
        _plant(busy, f"DELETE FROM {table} WHERE seq = 3")  # noqa: S608 - the fault to plant
    found = audit(busy)
    assert {"chain", "balances"} <= {violation.law for violation in found.violations}
    assert any("number 4" in violation.found for violation in found.violations)


def test_another_stations_events_are_not_this_chains(busy: Ledger) -> None:
    _plant(busy, "UPDATE meta SET value = '00' WHERE name = 'station_id'")
    busy.close()
    assert _laws(busy) == {"chain"}


def test_a_unit_that_came_back_by_two_returns_is_in_question_until_one_is_taken_back(
    station: Station, busy: Ledger
) -> None:
    busy.record(station.disposition(serial="SN7"))
    again = station.disposition(serial="SN7", rma="R-2")
    busy.record(again)
    report = audit(busy)
    assert report.clean
    assert [str(question) for question in report.questions] == [
        "one place: K-17 serial SN7: found 2, expected 0 or 1"
    ]
    busy.record(station.undoing(again))
    assert audit(busy).questions == ()


def test_a_serial_twice_by_one_return_is_wrong_beside_another(station: Station, busy: Ledger) -> None:
    for rma in ("R-1", "R-2", "R-2"):
        busy.record(station.disposition(serial="SN7", rma=rma))
    report = audit(busy)
    assert (len(report.violations), report.questions) == (1, ())


def test_a_serial_in_two_places_is_said_once(station: Station, busy: Ledger) -> None:
    busy.record(station.disposition(serial="SN7"))
    busy.record(station.disposition(serial="SN7"))
    found = audit(busy).violations
    assert [str(violation) for violation in found] == ["one place: K-17 serial SN7: found 2, expected 0 or 1"]


def test_a_violation_says_where_and_what(busy: Ledger) -> None:
    _plant(busy, "UPDATE move SET reason = 'other' WHERE seq = 2 AND line = 1")
    (violation,) = audit(busy).violations
    assert violation.subject == "event number 2"
    assert "other" in violation.found
    assert "changed_mind" in violation.expected


def test_the_audit_leaves_nothing_behind(busy: Ledger) -> None:
    def tables() -> list[str]:
        names = busy.connection.exec_driver_sql("SELECT name FROM sqlite_temp_master")
        return list(names.scalars())

    for _ in range(2):
        assert audit(busy).clean
        assert tables() == []
