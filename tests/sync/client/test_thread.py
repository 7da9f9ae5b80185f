from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from app.domain.refusal import Unavailable
from app.station.system import SystemClock
from sync.client import state
from sync.client.session import SyncClient
from sync.client.state import Link, SyncState
from sync.client.thread import SyncThread
from sync.wire.answers import Answer
from sync.wire.messages import Push
from tests.sync.central.receiving import CountedIds, OwnClock
from tests.sync.client.scripts import NOTHING_NEW, PaperStation, Reply, ScriptedCentre, ack, welcome

PATIENCE = 20


class Said:
    """The states a thread said; a test waits for the one it needs."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.states: list[SyncState] = []

    def __call__(self, said: SyncState) -> None:
        with self._changed:
            self.states.append(said)
            self._changed.notify_all()

    def wait_for(self, holds: Callable[[SyncState], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(holds, self.states)), PATIENCE), self.states


def no_defect(defect: Exception) -> None:
    raise AssertionError(defect)


@contextmanager
def running(
    station: PaperStation,
    centre: ScriptedCentre,
    said: Said,
    poll_s: float,
    on_defect: Callable[[Exception], None] = no_defect,
) -> Iterator[SyncThread]:
    noise = random.Random(1)
    client = SyncClient(station, centre, ids=CountedIds(), noise=noise, on_state=said, poll_s=poll_s)
    thread = SyncThread(client, SystemClock(), noise=noise, on_defect=on_defect, rest_s=(0.001, 0.002))
    thread.start()
    try:
        yield thread
    finally:
        assert thread.stop(PATIENCE)


def sent(events: int) -> Callable[[SyncState], bool]:
    return lambda said: said.link is Link.ONLINE and said.waiting == events


def test_what_is_there_goes_at_once() -> None:
    said = Said()
    with running(PaperStation(2), ScriptedCentre(welcome(), ack(), NOTHING_NEW), said, 3600):
        said.wait_for(sent(0))


def test_a_wake_sends_what_was_recorded_without_waiting_for_the_next_time() -> None:
    said, station, confirmed, confirm = Said(), PaperStation(1), threading.Event(), ack()

    def confirm_and_tell(push: Push) -> Answer:
        confirmed.set()
        return confirm(push)

    script: list[Reply] = [welcome(), ack(), NOTHING_NEW, confirm_and_tell, NOTHING_NEW]
    with running(station, ScriptedCentre(*script), said, 3600) as thread:
        said.wait_for(sent(0))
        station.record()
        thread.wake()
        assert confirmed.wait(PATIENCE)
    assert station.acknowledged == 2


def test_it_comes_back_by_itself() -> None:
    said, station = Said(), PaperStation()
    centre = ScriptedCentre(welcome(), NOTHING_NEW, Unavailable("away"))
    with running(station, centre, said, 0.001):
        said.wait_for(lambda now: now.link is Link.OFFLINE)
    assert centre.words() == ["hello", "pull", "pull"]


def test_stopping_ends_a_long_wait_at_once_and_twice_is_no_mistake() -> None:
    said = Said()
    with running(PaperStation(), ScriptedCentre(welcome(), NOTHING_NEW), said, 3600) as thread:
        said.wait_for(lambda now: now.link is Link.ONLINE)
        assert thread.stop(PATIENCE)
        assert thread.stop(PATIENCE)


def test_an_exchange_that_hangs_does_not_hold_up_the_stop() -> None:
    arrived, go = threading.Event(), threading.Event()

    def hang(_: object) -> object:
        arrived.set()
        assert go.wait(PATIENCE)
        raise Unavailable("away")

    with running(PaperStation(), ScriptedCentre(hang), Said(), 3600) as thread:  # type: ignore[arg-type]
        assert arrived.wait(PATIENCE)
        assert not thread.stop(0.0)
        go.set()


def test_a_thread_that_never_started_stops() -> None:
    noise = random.Random(1)
    client = SyncClient(PaperStation(), None, ids=CountedIds(), noise=noise, on_state=Said())
    assert SyncThread(client, OwnClock(), noise=noise, on_defect=no_defect).stop()


def broken(_: object) -> object:
    raise ZeroDivisionError


def broken_elsewhere(_: object) -> object:
    raise ZeroDivisionError


def test_a_defect_is_said_and_handed_on_once_and_the_sync_goes_on() -> None:
    said, defects = Said(), list[Exception]()
    script = [broken, broken, broken, broken_elsewhere, welcome(), ack(), NOTHING_NEW]
    station, centre = PaperStation(1), ScriptedCentre(*script)  # type: ignore[arg-type]
    with running(station, centre, said, 3600, defects.append):
        said.wait_for(sent(0))
    assert [now.reason for now in said.states if now.link is Link.STOPPED] == [state.DEFECT]
    assert [type(found) for found in defects] == [ZeroDivisionError] * 2
    assert station.acknowledged == 1


def test_a_defect_that_comes_back_after_a_success_is_handed_on_again() -> None:
    said, defects = Said(), list[Exception]()
    same = ZeroDivisionError()
    script: list[Reply] = [same, welcome(), NOTHING_NEW, same, welcome(), ack(), NOTHING_NEW]
    station, centre = PaperStation(), ScriptedCentre(*script)

    def record_behind_it(defect: Exception) -> None:
        defects.append(defect)
        if len(defects) == 2:
            station.record()

    with running(station, centre, said, 0.001, record_behind_it):
        said.wait_for(lambda _: station.acknowledged == 1)
    # What the end of the script does to the thread afterwards is not asked.
    assert defects[:2] == [same, same]


class Counting:
    """A client that breaks every time; how often it ticked."""

    def __init__(self) -> None:
        self.ticks = 0
        self.broken = threading.Event()

    def tick(self, now: datetime) -> float:
        self.ticks += 1
        raise ZeroDivisionError(now)

    def stop(self) -> None:
        """Nothing is under way."""

    def broke(self, now: datetime) -> None:
        assert now
        self.broken.set()


def test_waking_does_not_shorten_the_rest_after_a_defect() -> None:
    client, clock, reported = Counting(), OwnClock(), threading.Event()

    def report(_: Exception) -> None:
        reported.set()

    thread = SyncThread(client, clock, noise=random.Random(1), on_defect=report)
    thread.start()
    assert reported.wait(PATIENCE)
    for _ in range(50):
        thread.wake()
    assert thread.stop(PATIENCE)
    assert client.ticks == 1


def test_what_breaks_while_it_stops_is_no_defect() -> None:
    arrived, go = threading.Event(), threading.Event()

    def let_go(_: object) -> object:
        arrived.set()
        assert go.wait(PATIENCE)
        raise RuntimeError("the connection was closed")

    said = Said()
    with running(PaperStation(), ScriptedCentre(let_go), said, 3600) as thread:  # type: ignore[arg-type]
        assert arrived.wait(PATIENCE)
        assert not thread.stop(0.0)
        go.set()
    assert said.states == []
