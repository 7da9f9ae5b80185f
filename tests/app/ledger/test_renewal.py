from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.envelope import genesis
from app.domain.event import EventKind
from app.domain.refusal import Refused, Unavailable
from app.domain.resealing import content_digest, origin_of
from app.ledger import meta, outbox, renewal, site_stock
from app.ledger.also import TakeNumber
from app.ledger.audit import audit
from app.ledger.mirror import apply_page
from app.ledger.owed import Due
from app.ledger.writer import Ledger
from app.station.commits import Numbers
from tests.app.ledger.faults import FaultyDbapi
from tests.app.ledger.station import Station, everything, first_page, with_label

FIRST, SECOND = Due("0a" * 16, "differs", "0b" * 16), Due("0c" * 16, "fenced", "0d" * 16)


def worked(ledger: Ledger, station: Station, events: int = 4) -> list[str]:
    return [ledger.record(station.disposition(private={"note": "x"})).event_id for _ in range(events)]


def test_the_duty_is_on_disk_before_anything_is_asked_and_stays_what_it_was(station: Station) -> None:
    with station.open() as ledger:
        before = ledger.install_id
        assert renewal.due(ledger) is None
        assert renewal.owe(ledger, FIRST) == FIRST
    with station.open() as ledger:
        assert renewal.owe(ledger, SECOND) == FIRST
        assert renewal.due(ledger) == FIRST
        # A copy of the file that renews too has another name from here on.
        assert ledger.install_id == FIRST.install_id != before


def test_a_newer_generation_than_was_met_is_a_duty_and_the_first_is_none(ledger: Ledger) -> None:
    assert renewal.meet(ledger, 3, FIRST) is None
    assert renewal.meet(ledger, 3, FIRST) is None
    assert renewal.meet(ledger, 2, FIRST) is None
    assert renewal.met(ledger) == 3
    assert renewal.meet(ledger, 4, FIRST) == FIRST
    assert renewal.meet(ledger, 5, SECOND) == FIRST
    assert renewal.met(ledger) == 5


def test_a_generation_that_was_only_pulled_is_met_only_before_the_first(ledger: Ledger) -> None:
    apply_page(ledger, first_page(gen=2))
    assert renewal.met(ledger) == 2
    assert renewal.meet(ledger, 2, FIRST) is None
    assert renewal.meet(ledger, 3, FIRST) == FIRST


def test_records_of_a_newer_generation_do_not_swallow_the_duty(ledger: Ledger) -> None:
    assert renewal.meet(ledger, 2, FIRST) is None
    apply_page(ledger, first_page(gen=3))
    assert renewal.met(ledger) == 2
    assert renewal.meet(ledger, 3, FIRST) == FIRST


def test_everything_that_is_kept_can_be_offered(ledger: Ledger, station: Station) -> None:
    ids = worked(ledger, station)
    first = renewal.kept(ledger, 0, 3)
    assert [(one.seq, one.event_id) for one in first] == [(1, ids[0]), (2, ids[1]), (3, ids[2])]
    sealed = ledger.envelope(ids[0])
    assert sealed is not None
    assert first[0].content == content_digest(sealed.header)
    assert [one.seq for one in renewal.kept(ledger, 3, 3)] == [4]
    assert renewal.kept(ledger, 4, 3) == []


def test_an_epoch_begins_with_what_the_centre_lacks_and_what_came_since(station: Station) -> None:
    with station.open() as ledger:
        ledger.adopt(station.identity(ledger))
        ids = worked(ledger, station, 5)
        renewal.owe(ledger, FIRST)
        assert renewal.begin(ledger, 2, [2], 3) == 3
        again = outbox.pending(ledger, 9)
        assert [one.event_id for one in again] == [ids[1], ids[3], ids[4]]
        assert again[0].prev == genesis(ledger.head.station_id, 2, ledger.public_key).hash
        assert [one.seq for one in again] == [1, 2, 3]
        assert [origin_of(one.header).seq for one in again] == [2, 4, 5]  # type: ignore[union-attr]
        assert renewal.due(ledger) is None
        assert outbox.acknowledged(ledger) == 0
        assert ledger.identity is not None
        assert ledger.identity.epoch == 2
        assert audit(ledger).violations == ()
        assert outbox.acknowledge(ledger, 2, 2, again[1].hash)
        assert not outbox.acknowledge(ledger, 1, 3, again[2].hash)
    with station.open() as ledger:
        assert [one.event_id for one in outbox.pending(ledger, 9)] == [ids[4]]
        fresh = ledger.record(station.disposition())
        assert (fresh.epoch, fresh.seq, fresh.prev) == (2, 4, again[2].hash)
        assert outbox.acknowledge(ledger, 2, 4, fresh.hash)
        assert outbox.waiting(ledger).count == 0
        assert audit(ledger).violations == ()


def test_a_second_renewal_begins_with_what_the_first_did_not_bring_home(
    ledger: Ledger, station: Station
) -> None:
    ids = worked(ledger, station, 3)
    renewal.begin(ledger, 2, [1, 3], 3)
    ids += worked(ledger, station, 1)
    renewal.begin(ledger, 5, [3, 4], 4)
    sent = outbox.pending(ledger, 9)
    assert [(one.event_id, one.epoch, one.seq) for one in sent] == [(ids[2], 5, 1), (ids[3], 5, 2)]
    origins = [origin_of(one.header) for one in sent]
    # The first place of all: seq 3 of epoch 1, and number 3 of epoch 2 behind the two that went again.
    assert [(o.epoch, o.seq) for o in origins if o] == [(1, 3), (2, 3)]
    assert audit(ledger).violations == ()


def test_an_epoch_may_begin_with_nothing(ledger: Ledger, station: Station) -> None:
    worked(ledger, station, 2)
    assert renewal.begin(ledger, 2, [], 2) == 0
    assert outbox.waiting(ledger).count == 0
    assert ledger.head == genesis(ledger.head.station_id, 2, ledger.public_key)
    assert audit(ledger).violations == ()
    assert outbox.send_again(ledger, 2, 0)
    assert outbox.pending(ledger, 9) == []


def test_no_label_that_the_centre_knows_is_given_again(ledger: Ledger) -> None:
    ledger.save([TakeNumber("label", 1)])
    renewal.begin(ledger, 2, [], 0, {"L": 41, "H": 3, "Z": 9})
    assert (ledger.peek_number("label"), ledger.peek_number("holding")) == (42, 4)
    renewal.begin(ledger, 3, [], 0, {"L": 7})
    assert ledger.peek_number("label") == 42


def test_a_number_that_a_bench_had_looked_up_before_a_renewal_is_looked_up_anew(ledger: Ledger) -> None:
    numbers = Numbers(ledger)
    assert numbers.next("label") == 1
    renewal.begin(ledger, 2, [], 0, {"L": 41})
    assert numbers.next("label") == 42


def test_an_epoch_that_is_no_later_one_is_a_mistake(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="not later"):
        renewal.begin(ledger, 1, [], 0)


def test_labels_undos_and_lookups_follow_an_event_through_an_epoch(ledger: Ledger, station: Station) -> None:
    worked(ledger, station, 2)
    renewal.begin(ledger, 2, [1], 2)
    event = station.disposition()
    sealed = ledger.record(event, with_label(ledger, event))
    ledger.record(station.undoing(event))
    row = ledger.connection.exec_driver_sql("SELECT state, event_seq FROM label").one()
    assert tuple(row) == ("void", 3)
    assert sealed.seq == 2
    assert event.kind == EventKind.RETURN_DISPOSITIONED
    assert audit(ledger).violations == ()


def test_stock_of_another_epoch_or_in_the_middle_of_what_goes_again_is_not_taken(
    ledger: Ledger, station: Station
) -> None:
    from app.domain.feed import StockPage  # noqa: PLC0415

    worked(ledger, station, 4)
    renewal.begin(ledger, 2, [1, 4], 4)
    worked(ledger, station, 1)
    # The later epoch of a copy counts while nothing waits here; now something does.
    asked = [(3, 4), (1, 4), (2, 1), (2, 2), (2, 3), (0, 3)]
    found = [site_stock.counted(ledger.connection, StockPage("7", n, epoch=e), 2) for e, n in asked]
    assert found == [None, None, None, 4, 5, 5]


def test_what_was_changed_on_disk_is_never_sealed_anew(station: Station) -> None:
    with station.open() as ledger:
        worked(ledger, station, 3)
        first = ledger.connection.exec_driver_sql("SELECT private, salt FROM event WHERE seq = 1").one()
        kept = (first.private, first.salt)
        with ledger.transaction() as tx:
            tx.connection.exec_driver_sql(
                "UPDATE event SET header = CAST(replace(header, '\"ana\"', '\"eve\"') AS BLOB) WHERE seq = 2"
            )
            tx.connection.exec_driver_sql("UPDATE event SET header = x'ff' WHERE seq = 3")
        assert [(one.seq, one.header) for one in renewal.torn(ledger, [3, 1, 2])][1:] == [(3, b"\xff")]
        assert [one.seq for one in renewal.torn(ledger, [1, 2])] == [2]
        with ledger.transaction() as tx:
            tx.connection.exec_driver_sql("UPDATE event SET private = NULL, salt = NULL WHERE seq = 1")
        assert [one.seq for one in renewal.torn(ledger, [1])] == [1]
        with ledger.transaction() as tx:
            tx.run("UPDATE event SET private = ?, salt = ? WHERE seq = 1", kept)
        # It can still be asked for at the centre, which holds nothing like it.
        assert [one.seq for one in renewal.kept(ledger, 0, 9)] == [1, 2, 3]
        before = everything(ledger)
        with pytest.raises(Refused, match="signature"):
            renewal.begin(ledger, 2, [1, 2], 3)
        assert everything(ledger) == before
        assert renewal.begin(ledger, 2, [1], 3) == 1


def test_a_disk_that_fails_at_any_write_leaves_the_old_epoch_or_the_new(station: Station) -> None:
    module = FaultyDbapi()
    station.dbapi = module
    ledger = station.open()
    worked(ledger, station, 3)
    renewal.owe(ledger, FIRST)
    seen = set[int]()
    for at in range(1, 60):
        epoch = ledger.head.epoch
        module.arm(at)
        try:
            renewal.begin(ledger, epoch + 1, [1, 3], 3)
        except Unavailable:
            module.disarm()
        fired = module.fired
        module.disarm()
        assert ledger.head.epoch in {epoch, epoch + 1}
        assert audit(ledger).violations == ()
        seen.add(ledger.head.epoch - epoch)
        if not fired:
            break
    assert not fired
    assert seen == {0, 1}
    ledger.close()


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("UPDATE resent SET number = 7 WHERE number = 2", "record"),
        ("UPDATE resent SET hash = 'ab' WHERE number = 1", "record"),
        ("UPDATE resent SET header = (SELECT header FROM event WHERE seq = 1) WHERE number = 1", "chain"),
        ("UPDATE epoch SET resent = 5", "record"),
        ("DELETE FROM outbox WHERE seq = 1", "outbox"),
        ("INSERT INTO outbox VALUES (2)", "outbox"),
    ],
)
def test_the_audit_finds_what_was_changed_in_a_renewed_chain(
    ledger: Ledger, station: Station, change: str, law: str
) -> None:
    worked(ledger, station, 3)
    renewal.begin(ledger, 2, [1, 3], 3)
    with ledger.transaction() as tx:
        tx.connection.exec_driver_sql(change)
    ledger.forget()
    assert law in {violation.law for violation in audit(ledger).violations}


def test_what_a_centre_lacks_goes_again_and_what_is_gone_here_is_said(
    ledger: Ledger, station: Station
) -> None:
    worked(ledger, station, 4)
    head = ledger.head
    assert outbox.acknowledge(ledger, 1, 4, head.hash)
    assert outbox.send_again(ledger, 1, 2)
    assert [one.seq for one in outbox.pending(ledger, 9)] == [3, 4]
    assert (outbox.acknowledged(ledger), outbox.waiting(ledger).count) == (2, 2)
    assert audit(ledger).violations == ()
    assert not outbox.send_again(ledger, 2, 2)
    assert not outbox.send_again(ledger, 1, 5)
    with ledger.transaction() as tx:
        for table in ("outbox", "move", "subject", "event"):
            tx.connection.exec_driver_sql(f"DELETE FROM {table} WHERE seq = 3")  # noqa: S608 - our own tables
    assert not outbox.send_again(ledger, 1, 2)


def test_the_newest_epoch_is_the_one_in_the_meta_table(ledger: Ledger, station: Station) -> None:
    worked(ledger, station, 1)
    renewal.begin(ledger, 9, [1], 1)
    reads: Callable[[str], str] = lambda name: meta.read(ledger.connection, name)  # noqa: E731
    assert (reads(meta.EPOCH), reads(meta.ACKNOWLEDGED)) == ("9", "0")
