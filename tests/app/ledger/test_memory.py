from __future__ import annotations

from app.domain.clock import Hlc
from app.domain.envelope import genesis
from app.domain.feed import Cursor
from app.ledger import renewal
from app.ledger.memory import evidence_of, read_memory
from app.ledger.statements import prepare
from tests.app.ledger.station import SETTINGS, Station


def test_an_empty_record_stands_at_its_genesis(station: Station) -> None:
    with station.open() as ledger:
        found = read_memory(ledger.connection, ledger.public_key, prepare())
        assert found.head == genesis(found.head.station_id, 1, ledger.public_key)
        assert (found.seq, found.hlc, found.cursor, found.identity) == (0, Hlc(0, 0), Cursor(0, 0), None)


def test_what_is_read_is_what_the_writer_remembers(station: Station) -> None:
    with station.open() as ledger:
        ledger.adopt(station.identity(ledger))
        for _ in range(3):
            ledger.record(station.disposition())
        renewal.begin(ledger, 4, [2], 3)
        last = ledger.record(station.disposition())
        found = read_memory(ledger.connection, ledger.public_key, prepare())
        assert (found.head, found.seq) == (last.head, 4)
        assert (last.epoch, last.seq) == (4, 2)
        assert found.identity is not None
        assert found.identity.epoch == 4


def test_evidence_says_what_was_known(station: Station) -> None:
    with station.open() as ledger:
        memory = read_memory(ledger.connection, ledger.public_key, prepare())
        said = evidence_of(SETTINGS, memory, Hlc(5, 1), ("2026-11-22T10:41:07.123Z", 71_004.9))
        assert (said.wall, said.mono_ms, said.hlc, said.rev_no) == (
            "2026-11-22T10:41:07.123Z",
            71_004,
            str(Hlc(5, 1)),
            0,
        )
