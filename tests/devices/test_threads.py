"""Workers: they end when asked, and a crash is told before it is raised."""

from __future__ import annotations

import threading
from threading import Event

import pytest

from devices.threads import Worker
from tests.devices.fakes import PATIENCE_S, Heard


def test_a_worker_runs_until_it_is_stopped() -> None:
    began, crashes = Event(), Heard[BaseException]()

    def run(stopping: Event) -> None:
        began.set()
        stopping.wait()

    worker = Worker("test", run, crashes)
    worker.start()
    assert began.wait(PATIENCE_S)
    assert worker.stop(PATIENCE_S)
    assert crashes.empty()


def test_a_worker_never_started_is_stopped_already() -> None:
    assert Worker("test", lambda _: None, lambda _: None).stop(PATIENCE_S)


def test_a_busy_worker_is_left_after_its_time() -> None:
    go = Event()
    worker = Worker("test", lambda _: [None for _ in [go.wait()]].clear(), lambda _: None)
    worker.start()
    assert not worker.stop(0.01)
    go.set()
    assert worker.stop(PATIENCE_S)


def test_stopping_from_its_own_thread_only_asks() -> None:
    answers = Heard[bool]()
    worker = Worker("test", lambda _: answers(worker.stop(PATIENCE_S)), lambda _: None)
    worker.start()
    assert answers.next() is False
    assert worker.stop(PATIENCE_S)


def test_a_crash_is_told_first_and_then_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    order = Heard[str]()
    monkeypatch.setattr(threading, "excepthook", lambda args: order(f"raised {args.exc_value}"))

    def run(_: Event) -> None:
        raise ZeroDivisionError("ours")

    worker = Worker("test", run, lambda crash: order(f"told {crash}"))
    worker.start()
    assert worker.stop(PATIENCE_S)
    assert [order.next(), order.next()] == ["told ours", "raised ours"]
