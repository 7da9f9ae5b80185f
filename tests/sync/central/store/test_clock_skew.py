"""Stations whose clock is wrong by more than a day: one case each while it lasts, and books that hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.clock import to_text
from app.domain.envelope import Envelope
from sync.central.store import clock_skew, settling
from sync.central.store.feed import position
from sync.central.store.settling import Settler
from sync.central.store.tables import event, exception, journal_entry
from tests.app.domain.examples import EVIDENCE
from tests.sync.central.receiving import NOW, Bench, Store, store_in
from tests.sync.central.vouching import announce, granted, vouch

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        granted(found)
        yield found


@pytest.fixture
def bench(store: Store) -> Bench:
    found = Bench()
    store.enrol(found)
    return found


NOTHING = (0, 0)


def knows(store: Store) -> tuple[int, int]:
    """What a station knows that has pulled everything."""
    with store.database.read() as conn:
        return position(conn)


def recorded(bench: Bench, wall: datetime, knew: tuple[int, int] = NOTHING) -> Envelope:
    """An event of a bench whose clock says so, and of what it knew of the feed."""
    bench._evidence = replace(EVIDENCE, wall=to_text(wall), feed_gen=knew[0], feed_pos=knew[1])
    return bench.record()


def cases(store: Store) -> list[tuple[str, str, str, str]]:
    """Subject, state, owner and what to do of each case about a clock."""
    columns = (exception.c.subject, exception.c.state, exception.c.owner_role, exception.c.fix)
    with store.database.read() as conn:
        return [tuple(row) for row in conn.execute(select(*columns).where(exception.c.type == "clock.skew"))]


def test_a_clock_a_day_ahead_is_one_case_until_an_event_of_a_right_time(store: Store, bench: Bench) -> None:
    store.push(bench, [recorded(bench, NOW + DAY)])
    assert cases(store) == []
    store.push(bench, [recorded(bench, NOW + DAY + MINUTE), recorded(bench, NOW + 400 * DAY)])
    store.push(bench, [recorded(bench, NOW + 407 * DAY)])
    ((subject, state, owner, fix),) = cases(store)
    assert (subject, state, owner) == (f"station:{bench.station_id}", "open", "admin")
    assert fix.startswith("This station's clock is 407 days ahead or more")
    store.push(bench, [recorded(bench, NOW)])
    assert [case[1] for case in cases(store)] == ["resolved"]
    store.push(bench, [recorded(bench, NOW + 2 * DAY), recorded(bench, NOW + 3 * DAY)])
    assert [case[1] for case in cases(store)] == ["open"]


def test_a_clock_that_was_set_within_a_batch_leaves_a_case_that_is_over(store: Store, bench: Bench) -> None:
    store.push(bench, [recorded(bench, NOW + 30 * DAY), recorded(bench, NOW)])
    assert [case[1] for case in cases(store)] == ["resolved"]


def test_what_came_before_says_nothing_of_the_clock(store: Store, bench: Bench) -> None:
    late = recorded(bench, NOW + 30 * DAY)
    store.push(bench, [late])
    store.push(bench, [recorded(bench, NOW)])
    store.push(bench, [late])
    assert [case[1] for case in cases(store)] == ["resolved"]
    ahead = recorded(bench, NOW + 30 * DAY)
    store.push(bench, [ahead])
    # A file of a chain that was closed before tells of then.
    with store.database.write() as conn:
        clock_skew.note(conn, bench.station_id, bench.events[1:2], NOW, newest=False)
    assert [case[1] for case in cases(store)] == ["open"]


def test_each_station_has_its_own_case(store: Store, bench: Bench) -> None:
    other = Bench(station_id="f" * len(bench.station_id))
    store.enrol(other)
    for one in (bench, other):
        store.push(one, [recorded(one, NOW + 9 * DAY)])
    store.push(other, [recorded(other, NOW)])
    assert sorted((case[0], case[1]) for case in cases(store)) == sorted(
        [(f"station:{bench.station_id}", "open"), (f"station:{other.station_id}", "resolved")]
    )


def test_a_clock_behind_what_its_station_knew_is_a_case(store: Store, bench: Bench) -> None:
    announce(store, 1, "early")
    early = knows(store)
    vouch(store)
    announce(store, 1, "late")
    late = knows(store)
    # What was recorded offline days ago knows nothing newer, and is in order.
    store.push(bench, [recorded(bench, NOW - 3 * DAY, early), recorded(bench, NOW - DAY, late)])
    assert cases(store) == []
    store.push(bench, [recorded(bench, NOW - 3 * DAY, late)])
    ((_, state, _, fix),) = cases(store)
    assert state == "open"
    assert fix.startswith("This station's clock is 3 days behind or more")
    store.push(bench, [recorded(bench, NOW - timedelta(hours=36), (99, 9999))])
    assert [case[1] for case in cases(store)] == ["resolved"]


def test_a_checkpoint_of_a_time_to_come_proves_nothing(store: Store, bench: Bench) -> None:
    vouch(store, NOW + 30 * DAY)
    announce(store, 1)
    store.push(bench, [recorded(bench, NOW - 3 * DAY, knows(store))])
    assert cases(store) == []


def test_the_books_are_dated_no_later_than_the_day_of_receipt(store: Store, bench: Bench) -> None:
    store.push(bench, [recorded(bench, NOW + 407 * DAY), recorded(bench, NOW - 5 * DAY)])
    with store.database.read() as conn:
        days = conn.scalars(select(journal_entry.c.occurred_on).order_by(journal_entry.c.event)).all()
        said = conn.scalars(select(event.c.occurred_at).where(event.c.origin != "centre")).all()
    assert days == [NOW.date().isoformat(), (NOW - 5 * DAY).date().isoformat()]
    # What the clock said stays with the event.
    assert said == [to_text(NOW + 407 * DAY), to_text(NOW - 5 * DAY)]


def test_what_had_to_wait_is_dated_by_the_day_it_came(
    store: Store, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench._evidence = replace(EVIDENCE, wall=to_text(NOW + 407 * DAY))
    store.push(bench, [bench.record(kind_ver=7)])
    assert store.states(bench) == ["unposted"]
    # The centre is upgraded.
    monkeypatch.setitem(settling.KNOWN, "return.dispositioned", 7)
    store.clock.pass_by(3 * DAY.total_seconds())
    with store.database.write() as conn:
        assert Settler(conn, store.chain, store.clock.now()).settle_waiting() == 1
    with store.database.read() as conn:
        assert conn.scalars(select(journal_entry.c.occurred_on)).all() == [NOW.date().isoformat()]
