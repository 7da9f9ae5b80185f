from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app.domain.refusal import Unavailable
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


@contextmanager
def running(station: PaperStation, centre: ScriptedCentre, said: Said, poll_s: float) -> Iterator[SyncThread]:
    noise = random.Random(1)
    client = SyncClient(station, centre, ids=CountedIds(), noise=noise, on_state=said, poll_s=poll_s)
    thread = SyncThread(client, OwnClock())
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
    assert SyncThread(client, OwnClock()).stop()


def test_a_defect_is_said_and_raised_to_the_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", caught.append)
    said = Said()

    def broken(_: object) -> object:
        raise ZeroDivisionError

    with running(PaperStation(1), ScriptedCentre(broken), said, 3600):  # type: ignore[arg-type]
        said.wait_for(lambda now: now.reason == state.DEFECT)
    assert [hook.exc_type for hook in caught] == [ZeroDivisionError]
