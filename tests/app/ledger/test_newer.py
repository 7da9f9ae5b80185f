"""Of a newer program's record only what this one understands is read, and nothing is written."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from app.domain.refusal import Refused, Unavailable
from app.ledger import renewal
from app.ledger.newer import newer_record
from app.ledger.second_copy import chain_after
from tests.app.ledger.station import Station


def worked(station: Station, *changes: str) -> bytes:
    """A record with two epochs and changes of another program; its bytes."""
    with station.open() as ledger:
        for _ in range(3):
            ledger.record(station.disposition(private={"note": "x"}))
        renewal.begin(ledger, 2, [2], 3)
        ledger.record(station.disposition())
    with closing(sqlite3.connect(station.path)) as connection:
        for change in changes:
            connection.execute(change)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return station.path.read_bytes()


def test_chains_are_read_as_their_own_program_reads_them(station: Station) -> None:
    before = worked(station, "ALTER TABLE event ADD COLUMN mood TEXT", "CREATE TABLE weather (day TEXT)")
    key = station.signer.public_key
    with newer_record(station.path, sqlite3, key) as record:
        head, numbers = record.head, [one.seq for one in chain_after(record, 0)]
    assert (head.epoch, head.seq, numbers) == (2, 2, [1, 2])
    assert station.path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE event RENAME COLUMN salt TO pepper", "no event.salt"),
        ("DROP TABLE resent", "no resent."),
        ("UPDATE event SET facts = x'7b7d' WHERE seq = 2", "facts"),
        ("DELETE FROM event WHERE seq = 2", "event 3 of epoch 1 out of its place"),
        ("UPDATE meta SET value = '3' WHERE name = 'epoch'", "a chain that ends at event 2, not 0"),
        ("UPDATE meta SET value = 'spring' WHERE name = 'epoch'", "an epoch that is no number"),
    ],
)
def test_what_is_not_understood_is_refused_in_words(station: Station, change: str, said: str) -> None:
    before = worked(station, change)
    with (
        pytest.raises(Refused) as no,
        newer_record(station.path, sqlite3, station.signer.public_key),
    ):
        raise AssertionError("it is not understood")
    assert no.value.code == "ledger.newer_unknown"
    assert said in no.value.read
    assert station.path.read_bytes() == before


def test_another_key_and_a_file_that_is_none_are_refused(station: Station) -> None:
    worked(station)
    with pytest.raises(Refused) as no, newer_record(station.path, sqlite3, b"k" * 32):
        raise AssertionError("it is another's")
    assert no.value.code == "ledger.other_key"
    station.path.write_bytes(b"nothing of ours" * 500)
    with (
        pytest.raises(Unavailable, match="cannot be read"),
        newer_record(station.path, sqlite3, station.signer.public_key),
    ):
        raise AssertionError("it is no database")
