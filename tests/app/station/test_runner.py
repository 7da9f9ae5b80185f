from __future__ import annotations

import logging
import threading
from functools import partial

import pytest

from app.station.runner import StationThread


def test_tasks_run_in_order_and_all_of_them_before_the_stop() -> None:
    done: list[int] = []
    thread = StationThread(lambda _: None)
    thread.start()
    for n in range(200):
        thread.post(partial(done.append, n))
    thread.stop()
    assert done == list(range(200))


def test_a_question_is_answered_from_the_station_thread() -> None:
    thread = StationThread(lambda _: None)
    thread.start()
    try:
        assert thread.ask(lambda: threading.current_thread().name) == "station"
        with pytest.raises(ZeroDivisionError):
            thread.ask(lambda: 1 // 0)
    finally:
        thread.stop()


def test_a_task_after_the_stop_is_dropped_and_a_question_says_so() -> None:
    thread = StationThread(lambda _: None)
    thread.start()
    thread.stop()
    thread.stop()
    thread.post(lambda: pytest.fail("ran after the stop"))
    with pytest.raises(RuntimeError, match="stopping"):
        thread.ask(lambda: 1)


def test_a_defect_is_reported_and_the_next_task_runs(caplog: pytest.LogCaptureFixture) -> None:
    defects: list[BaseException] = []
    thread = StationThread(defects.append)
    thread.start()
    with caplog.at_level(logging.CRITICAL, logger="app.station.runner"):
        thread.post(partial(list[int]().remove, 1))
        assert thread.ask(lambda: 7) == 7
    thread.stop()
    assert [type(defect) for defect in defects] == [ValueError]
