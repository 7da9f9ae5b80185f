"""Private parts of events erased at the centre: gone at the station too, and no way brings them back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from app.domain import canonical
from app.domain.envelope import body_of, header_fields, reopen
from app.domain.event import EventKind
from app.domain.proof import verify
from app.domain.proof.verify import Summary
from app.domain.signing import EVENT_TAG, Ed25519Signer
from app.ledger import erasing as erasing_here
from app.ledger.audit import audit as audit_station
from app.ledger.tables import event as event_table
from sync.central.commands import personal
from sync.central.commands.personal_asked import EventErasure, Subject
from sync.central.commands.upkeep import upkeep
from sync.central.store.act import Act
from sync.central.store.enrolment import lock_station
from sync.central.store.receipt import receive
from sync.central.store.tables import exception, receipt, rma
from sync.wire.answers import Ack
from sync.wire.messages import Push
from sync.wire.sealed import sealed
from tests.app.domain.proof.exported import exported
from tests.sync.test_renewal import copy_of, put_back, saved
from tests.sync.world import Site, World

SAID = {"note": "Anna Karenina came herself"}
WORDS = b"Karenina"
WHY = "asked by letter"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as found:
        yield found


def worked(world: World) -> tuple[Site, str]:
    """A station with three events at the centre, the second of which has a private word; and its id."""
    site = world.site()
    site.work(1)
    (spoken,) = site.work(1, private=SAID)
    site.work(1)
    site.sync(2)
    return site, spoken.event_id


def erase(world: World, event_id: str, operator: str = "ana") -> None:
    now = world.clock.now()
    with world.store.database.write() as conn:
        act = Act(conn, world.store.chain, operator, "s-1", now, now)
        asked = EventErasure(event=event_id, reason=WHY)
        assert personal.erase_event(act, asked) == {"erased": [], "events": [event_id]}


def privates(world: World, event_id: str) -> set[bytes | None]:
    """What the centre has of its private part, in every chain it stands in."""
    with world.store.database.read() as conn:
        return {
            None if part is None and salt is None else bytes(part or b"half")
            for part, salt in conn.execute(
                select(receipt.c.private, receipt.c.salt).where(receipt.c.event_id == event_id)
            )
        }


def here(site: Site, event_id: str) -> tuple[bytes | None, bytes | None]:
    """What the station has of its private part, and of the salt."""
    asked = select(event_table.c.private, event_table.c.salt).where(event_table.c.event_id == event_id)
    private, salt = site.ledger.connection.execute(asked).one()
    return private, salt


def on_record(site: Site) -> list[list[str]]:
    """The events that the station says it erased, one list for each time it did."""
    asked = select(event_table.c.facts).where(event_table.c.kind == EventKind.PRIVATE_ERASED.value)
    facts = site.ledger.connection.scalars(asked.order_by(event_table.c.seq))
    return [list(body_of(one)["events"]) for one in facts]  # type: ignore[call-overload]  # a list of texts


def lacking_cases(world: World) -> list[tuple[str, str]]:
    """What a person was told of events that came without words, and whether that is answered."""
    asked = select(exception.c.subject, exception.c.state)
    with world.store.database.read() as conn:
        rows = conn.execute(asked.where(exception.c.type == "event.private_missing"))
        return [(row.subject, row.state) for row in rows]


def findings(world: World) -> list[str]:
    """What an export of the centre is found to have."""
    return [str(one) for one in verify(exported(world.store), Summary())]


def test_who_erased_what_is_on_record_at_the_centre_and_at_the_station_and_no_value_is(world: World) -> None:
    site, spoken = worked(world)
    assert privates(world, spoken) != {None}
    erase(world, spoken)
    site.sync(3)
    assert privates(world, spoken) == {None}
    assert here(site, spoken) == (None, None)
    assert on_record(site) == [[spoken]]
    with world.store.database.read() as conn:
        rows = conn.execute(select(receipt.c.header, receipt.c.facts).order_by(receipt.c.id)).all()
    said = [(bytes(row.header), bytes(row.facts)) for row in rows if spoken.encode() in bytes(row.facts)]
    # Who at the centre; and the station that it did too.
    assert [(b'"operator":"ana"' in header, b"personal.erased" in header) for header, _ in said] == [
        (True, True),
        (False, False),
    ]
    assert not any(WORDS in part for row in said for part in row)
    world.agreed(site)
    assert findings(world) == []
    site.close()
    files = site.path.parent.glob(f"{site.path.name}*")
    assert not any(WORDS in file.read_bytes() for file in files)
    site.open()
    # Nothing of it is done twice.
    site.sync(2)
    assert on_record(site) == [[spoken]]


def test_a_subject_takes_the_words_of_events_about_it_along(world: World) -> None:
    site = world.site()
    (spoken,) = site.work(1, private=SAID, subject=("rma:R-9", "sku:K-17"))
    (other,) = site.work(1, private=SAID, subject=("rma:R-91", "sku:K-17"))
    site.sync(2)
    now = world.clock.now()
    with world.store.database.write() as conn:
        act = Act(conn, world.store.chain, "ana", "s-1", now, now)
        asked = Subject(rma="R-9", reason=WHY)
        assert personal.erase(act, asked) == {"erased": [], "events": [spoken.event_id]}
        assert personal.erase(act, asked) == {"erased": []}
    site.sync(2)
    assert here(site, spoken.event_id) == (None, None)
    assert here(site, other.event_id)[0] is not None


def test_an_export_between_a_late_event_and_the_next_upkeep_is_found_whole(world: World) -> None:
    site = world.site()
    site.work(1)
    site.sync(2)
    now = world.clock.now()
    row = {"code": "R-9", "owner": "ACME", "customer": "c-1", "state": "open", "finished": False}
    with world.store.database.write() as conn:
        conn.execute(insert(rma).values(**row, document="{}", created_at="2026-01-01T00:00:00Z"))
        act = Act(conn, world.store.chain, "ana", "s-1", now, now)
        personal.erase(act, Subject(customer="c-1", reason=WHY))
        conn.execute(rma.delete())
    (late,) = site.work(1, private=SAID, subject=("rma:R-9", "sku:K-17"))
    site.sync(2)
    assert privates(world, late.event_id) == {None}
    assert [one for one in findings(world) if late.event_id in one] == []
    # Of anybody else it is one that lost something.
    (other,) = site.work(1, private=SAID, subject=("rma:R-91", "sku:K-17"))
    site.sync(2)
    private, salt = kept(world, other.event_id)
    row_of_it = update(receipt).where(receipt.c.event_id == other.event_id)
    with world.store.database.write() as conn:
        conn.execute(row_of_it.values(private=None, salt=None))
    assert len([one for one in findings(world) if other.event_id in one]) == 1
    with world.store.database.write() as conn:
        conn.execute(row_of_it.values(private=private, salt=salt.hex()))


def test_a_copy_of_the_station_from_before_is_erased_again_and_its_chain_verifies(world: World) -> None:
    site, spoken = worked(world)
    copy = saved(world, site)
    erase(world, spoken)
    site.sync(3)
    put_back(site, copy)
    assert here(site, spoken)[0] is not None
    site.sync(6)
    assert here(site, spoken) == (None, None)
    assert site.ledger.head.epoch == 2
    assert on_record(site) == [[spoken]]
    world.agreed(site)
    assert privates(world, spoken) == {None}
    assert findings(world) == []


def test_a_clone_that_sends_it_once_more_brings_nothing_back(world: World) -> None:
    site, spoken = worked(world)
    clone = copy_of(world, site)
    # The clone goes on offline with the words still there, and has to renew.
    clone.work(1)
    site.work(1)
    site.sync(2)
    erase(world, spoken)
    site.sync(3)
    clone.sync(6)
    assert here(clone, spoken) == (None, None)
    assert privates(world, spoken) == {None}
    world.prove()
    assert findings(world) == []


def test_a_station_that_lies_erases_nothing_of_another_one(world: World) -> None:
    victim, spoken = worked(world)
    rogue = world.site()
    rogue.work(1)
    rogue.sync(2)
    (mine,) = rogue.work(1)
    own = rogue.ledger.envelope(mine.event_id)
    assert own is not None
    said = {"event_id": spoken, "erased": True, "feed_gen": 0, "private_hash": "0" * 64}
    header = canonical.encode({**header_fields(own.header).raw(), **said})
    signer = Ed25519Signer(bytes([rogue.number] * 32))
    lie = reopen(header, own.facts, None, None, signer.sign(EVENT_TAG, header))
    now = world.clock.now()
    with world.store.database.write() as conn:
        push = Push(own.epoch, (sealed(lie),))
        assert isinstance(
            receive(conn, lock_station(conn, own.station_id), push, now, world.store.chain), Ack
        )
        done = upkeep(Act(conn, world.store.chain, "backhaul", "upkeep", now, now))
        assert done["erasures"] == 0
    victim.sync(3)
    assert here(victim, spoken)[0] is not None
    assert any(part is not None for part in privates(world, spoken))
    assert lacking_cases(world) == [(f"event:{spoken}", "open")]


@pytest.mark.parametrize(
    "half",
    ["salt = NULL", "private = NULL", "private = x'00'"],
)
def test_a_file_with_a_half_erased_part_starts_and_goes_on(world: World, half: str) -> None:
    site, spoken = worked(world)
    erase(world, spoken)
    site.sync(3)
    with site.ledger.transaction() as tx:
        whole = "UPDATE event SET private = x'7b7d', salt = x'00' WHERE event_id = ?"
        tx.connection.exec_driver_sql(whole, (spoken,))
        tx.connection.exec_driver_sql(f"UPDATE event SET {half} WHERE event_id = ?", (spoken,))  # noqa: S608
    site.close()
    site.open()
    assert erasing_here.apply(site.ledger) == 1
    assert here(site, spoken) == (None, None)
    assert audit_station(site.ledger).clean
    site.work(2)
    site.sync(2)
    assert on_record(site) == [[spoken]]
    world.agreed(site)


def test_a_part_that_nobody_erased_is_still_missed(world: World) -> None:
    site, spoken = worked(world)
    with site.ledger.transaction() as tx:
        tx.connection.exec_driver_sql(
            "UPDATE event SET private = NULL, salt = NULL WHERE event_id = ?", (spoken,)
        )
    assert not audit_station(site.ledger).clean
    with site.ledger.transaction() as tx:
        tx.connection.exec_driver_sql(
            "UPDATE event SET private = ?, salt = ? WHERE event_id = ?", (*kept(world, spoken), spoken)
        )
    assert audit_station(site.ledger).clean


def kept(world: World, event_id: str) -> tuple[bytes, bytes]:
    with world.store.database.read() as conn:
        asked = select(receipt.c.private, receipt.c.salt).where(receipt.c.event_id == event_id)
        private, salt = conn.execute(asked).one()
    return bytes(private), bytes.fromhex(salt)
