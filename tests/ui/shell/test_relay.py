from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.ui.live_port import LivePort
from ui.gallery.asking import idle, question
from ui.shell.port import ScreenUpdate
from ui.shell.relay import UpdateRelay

EMITS = 200_000


class Emitter(QObject):
    said = Signal(object)


def test_two_hundred_thousand_emits_and_calls_are_survived(qtbot: QtBot) -> None:
    """Releases of the binding that lose a reference an emit abort long before this: hence the version pin."""
    emitter, label = Emitter(), QLabel()
    qtbot.addWidget(label)
    heard = 0

    def hear(_value: object) -> None:
        nonlocal heard
        heard += 1

    emitter.said.connect(hear)
    payload = object()
    for _ in range(EMITS):
        emitter.said.emit(payload)
    for _ in range(EMITS // 10):
        label.setText("x")
    assert heard == EMITS


def test_updates_arrive_in_order_in_the_thread_that_made_the_relay(qtbot: QtBot) -> None:
    port = LivePort(idle())
    heard: list[tuple[int | None, bool]] = []
    here = QThread.currentThread()

    def hear(update: ScreenUpdate) -> None:
        heard.append((update.scan_id, QThread.currentThread() is here))

    relay = UpdateRelay(port, hear)

    def station() -> None:
        for number in range(100):
            port.push(question(), number)

    workers = [threading.Thread(target=station) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    qtbot.waitUntil(lambda: len(heard) == 300)
    assert all(in_thread for _, in_thread in heard)
    relay.close()


def test_an_update_from_the_same_thread_waits_for_its_turn(qtbot: QtBot) -> None:
    port = LivePort(idle())
    heard: list[ScreenUpdate] = []
    relay = UpdateRelay(port, heard.append)
    port.push(question(), 1)
    assert heard == [], "the caller is not interrupted by its own answer"
    qtbot.waitUntil(lambda: len(heard) == 1)
    port.push(question(), 2)
    relay.close()
    port.push(question(), 3)
    qtbot.wait(20)
    assert len(heard) == 1, "what was on its way when it closed is dropped"
