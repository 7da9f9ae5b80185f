"""Photos wait in the commit of the event that names them, go after it, and are told apart for ever."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import select

from app.domain.digests import digest_of
from app.ledger import outbox, photos, renewal, steps
from app.ledger.audit import audit
from app.ledger.database import Database
from app.ledger.owed import Due
from app.ledger.posting import WAITING
from app.ledger.tables import photo
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station

A, B, C = (digest_of(name) for name in (b"a", b"b", b"c"))


def taken(station: Station, ledger: Ledger, *named: str) -> None:
    event = station.disposition()
    object.__setattr__(event, "body", {**event.body, "photos": list(named)})
    ledger.record(event)


def acknowledged(ledger: Ledger) -> None:
    assert outbox.acknowledge(ledger, 1, ledger.head.seq, ledger.head.hash)


def rows(ledger: Ledger) -> list[Any]:
    return [tuple(row) for row in ledger.connection.execute(select(photo).order_by(photo.c.digest))]


def test_photos_go_after_their_events_oldest_first_and_each_once(station: Station, ledger: Ledger) -> None:
    taken(station, ledger, B)
    acknowledged(ledger)
    taken(station, ledger, A, B)
    assert photos.count(ledger) == photos.Count(2, 0)
    assert photos.waiting(ledger, 9) == [B], "the event that names the other is not confirmed yet"
    acknowledged(ledger)
    assert photos.waiting(ledger, 9) == [B, A]
    assert photos.waiting(ledger, 1) == [B]
    assert audit(ledger).clean


def test_what_is_confirmed_counts_its_days_from_the_first_time(station: Station, ledger: Ledger) -> None:
    taken(station, ledger, A, B)
    acknowledged(ledger)
    photos.confirm(ledger, A, 1, 1000)
    photos.confirm(ledger, A, 1, 2000)
    assert (photos.waiting(ledger, 9), photos.count(ledger).waiting) == ([B], 1)
    assert photos.sent_before(ledger, 1000, 9) == []
    assert photos.sent_before(ledger, 1001, 9) == [A]
    photos.mark(ledger, [A], photos.GONE)
    assert photos.sent_before(ledger, 9999, 9) == []


def test_a_restored_centre_is_offered_what_the_one_before_confirmed(station: Station, ledger: Ledger) -> None:
    taken(station, ledger, A, B, C)
    acknowledged(ledger)
    for digest, gen in ((A, 1), (B, 2), (C, 1)):
        photos.confirm(ledger, digest, gen, 1000)
    photos.mark(ledger, [C], photos.GONE)
    photos.send_again(ledger, 2)
    assert photos.waiting(ledger, 9) == [A]
    before = ledger.path.read_bytes()
    photos.send_again(ledger, 2)
    assert ledger.path.read_bytes() == before


def test_a_restored_centre_is_offered_them_as_soon_as_it_is_met(station: Station, ledger: Ledger) -> None:
    # Without another photo to ask about, the sender has no reason to speak with it for a month.
    taken(station, ledger, A, B, C)
    acknowledged(ledger)
    duty = Due("0a" * 16, "centre_restored", "0b" * 16)
    renewal.meet(ledger, 1, duty)
    photos.confirm(ledger, A, 1, 1000)
    photos.confirm(ledger, B, 2, 1000)
    renewal.meet(ledger, 1, duty)
    assert photos.waiting(ledger, 9) == [C]
    photos.mark(ledger, [C], photos.LOST)
    assert renewal.meet(ledger, 2, duty) == duty
    assert photos.waiting(ledger, 9) == [A]
    # That its file is gone, only the lost centre was told.
    assert photos.missing(ledger, 9) == [C]


def test_a_missing_file_is_told_once_and_comes_back(station: Station, ledger: Ledger) -> None:
    taken(station, ledger, A, B)
    acknowledged(ledger)
    photos.mark(ledger, [A], photos.MISSING)
    assert (photos.missing(ledger, 9), photos.waiting(ledger, 9), photos.lost(ledger)) == ([A], [B], [A])
    photos.mark(ledger, [A], photos.LOST)
    assert (photos.missing(ledger, 9), photos.lost(ledger)) == ([], [A])
    assert photos.count(ledger) == photos.Count(1, 1)
    photos.mark(ledger, [A], WAITING)
    photos.mark(ledger, [], WAITING)
    assert photos.waiting(ledger, 9) == sorted([A, B])


def test_the_audit_names_a_photo_that_is_noted_wrongly(station: Station, ledger: Ledger) -> None:
    taken(station, ledger, A)
    taken(station, ledger, B)
    ledger.close()
    with closing(sqlite3.connect(station.path)) as planted:
        planted.execute("UPDATE photo SET seq = 2 WHERE digest = ?", (A,))
        planted.execute("DELETE FROM photo WHERE digest = ?", (B,))
        planted.execute("INSERT INTO photo VALUES (?, 1, 'waiting', NULL, NULL)", (C,))
        planted.commit()
    found = {v.subject: (v.found, v.expected) for v in audit(ledger).violations if v.law == "photo"}
    assert found == {
        A: ("event number 2", "event number 1"),
        B: ("event number None", "event number 2"),
        C: ("event number 1", "event number None"),
    }


def test_photos_of_events_from_before_this_table_wait_too(station: Station) -> None:
    with station.open() as ledger:
        taken(station, ledger, B, A)
        taken(station, ledger, B)
        ledger.record(station.disposition())
        expected = rows(ledger)
    with closing(sqlite3.connect(station.path)) as older:
        later = "photo stock approver_key pin_attempt approver_certificate revocation_list approval_spent"
        for table in ("checkpoint", "resent", "epoch", *later.split()):
            older.execute(f"DROP TABLE {table}")
        older.executescript("UPDATE alembic_version SET version_num = '0001'")
    database = Database(station.path, sqlite3)
    steps.climb(database, "0002")
    database.close()
    with station.open() as ledger:
        assert rows(ledger) == expected == [(digest, 1, "waiting", None, None) for digest in sorted([A, B])]
        assert audit(ledger).clean
