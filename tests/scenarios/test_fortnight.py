"""A fortnight without a network: two benches at work, one of them copied, the centre put back from a backup.

Programs and cables are real, and their clock goes through all the days. It takes some twenty seconds, for it
carries the whole promise at once: totals exact, nothing twice, each conflict said once.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.ledger.audit import audit as audit_station
from sync.central.audit import audit as audit_centre
from sync.central.store.database import create_database
from tests.faultproxy.line import Cable
from tests.moved_clock import MovedClock, strongest
from tests.scenarios.fortnight import UNTIL, Computer, House, house, scanned

# Boxes by their place in the business; of these two, both benches say that they came.
_ONE_PLAIN, _ONE_SERIAL = 8, 4


@pytest.mark.slow
def test_a_fortnight_with_a_clone_and_a_centre_put_back_is_exact_and_says_each_conflict_once(
    tmp_path: Path,
) -> None:
    backup = tmp_path / "day-2.db"
    with MovedClock(tmp_path / "clock", strongest(), UNTIL) as clock, house(tmp_path, clock) as floor:
        sold = floor.sold()
        one, two = floor.bench("one"), floor.bench("two")
        _on_line(floor, one, two, backup)
        seen = floor.received(one), floor.received(two)
        copy = _off_line(floor, one, two)
        assert (floor.received(one), floor.received(two)) == seen, "no cable, no word"
        floor.day(9)
        floor.lose_the_centre()
        floor.restore(backup)
        assert len(floor.received(one)) < len(seen[0]), "the backup is older than the second day's work"
        floor.serve_again()
        _back(floor, one, two, copy)
        _each_once(floor, one, two, copy)
        assert sold - floor.sold() == scanned([one, two, copy])
        _cases(floor, one, two)
    _laws_hold(floor, one, two, copy)


def _on_line(floor: House, one: Computer, two: Computer, backup: Path) -> None:
    """Days 0 to 2: work on both, all of it sent; the centre is copied before the work of day 2."""
    one.begin()
    two.begin()
    one.scan(floor, 0)
    two.scan(floor, 1)
    one.sent()
    two.sent()
    floor.day(2)
    floor.back_up(backup)
    one.scan(floor, 2)
    two.scan(floor, 12)
    one.sent()
    two.sent()


def _off_line(floor: House, one: Computer, two: Computer) -> Computer:
    """Days 3 to 8: no cable. Work on both; the disk of the first is copied, and the copy is worked on too."""
    floor.day(3)
    one.line.pull(Cable.DEAD)
    two.line.pull(Cable.REFUSED)
    floor.day(4)
    one.scan(floor, 5, _ONE_PLAIN)
    two.scan(floor, 6, _ONE_PLAIN)
    one.end()
    floor.day(5)
    copy = floor.clone(one, "copy")
    floor.day(6)
    one.begin()
    copy.begin()
    one.scan(floor, 9, _ONE_SERIAL)
    copy.scan(floor, 10)
    copy.end()
    floor.day(8)
    two.scan(floor, 11, _ONE_SERIAL)
    return copy


def _back(floor: House, one: Computer, two: Computer, copy: Computer) -> None:
    """Day 14: the cables are back, and work goes on; of the two copies one is stopped before the other."""
    floor.day(13)
    one.line.plug()
    two.line.plug()
    floor.day(14)
    one.scan(floor, 3)
    one.sent()
    one.end()
    two.scan(floor, 13)
    two.sent()
    copy.begin()
    copy.scan(floor, 7)
    copy.sent()
    copy.end()
    two.end()


def _each_once(floor: House, one: Computer, two: Computer, copy: Computer) -> None:
    """Whatever is on a disk is at the centre, posted, and nothing else."""
    for station, disks in ((one, (one, copy)), (two, (two,))):
        recorded = {event for disk in disks for event in disk.events()}
        received = floor.received(station)
        assert Counter(received) == Counter((event, "posted") for event in recorded)
    alike = set(one.events()) & set(copy.events())
    assert len(one.events()) > len(alike) < len(copy.events()), "both went on from what they share"


def _cases(floor: House, one: Computer, two: Computer) -> None:
    """What a person is told, each once."""
    plain, serial = (floor.visits[number].box for number in (_ONE_PLAIN, _ONE_SERIAL))
    assert floor.cases() == {
        # Each of three computers found another centre than the one it knew; two of them are one station.
        ("chain.renewed", f"station:{one.station_id()}"): 2,
        ("chain.renewed", f"station:{two.station_id()}"): 1,
        # Both benches say that it came, and one was announced.
        ("return.over_quantity", f"rma:{plain.rma}"): 1,
        ("return.over_quantity", f"rma:{serial.rma}"): 1,
        ("serial.twice", f"unit:{serial.units[0].serial}"): 1,
    }


def _laws_hold(floor: House, *computers: Computer) -> None:
    """Every law at the centre, and on each disk."""
    centre = create_database(f"sqlite:///{floor.database}", sqlite3)
    report = audit_centre(centre)
    centre.close()
    assert report.violations == ()
    for computer in computers:
        with open_record(Folder(computer.data), must_exist=True) as ledger:
            assert audit_station(ledger).violations == (), computer.name
