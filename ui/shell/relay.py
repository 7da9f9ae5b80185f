"""`UpdateRelay`: carries the station's updates from its thread into the window's."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from ui.shell.port import BenchPort, OnUpdate, ScreenUpdate


class UpdateRelay(QObject):
    """Subscribes to a port; `on_update` runs in the thread this was made in, in order, once an update."""

    _arrived = Signal(object)

    def __init__(self, port: BenchPort, on_update: OnUpdate, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_update = on_update
        self._open = True
        # Queued whatever thread the update comes from: the station may answer from inside a call of ours.
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        port.subscribe(self._from_any_thread)

    def close(self) -> None:
        """Stop listening; updates on their way are dropped."""
        self._open = False

    def _from_any_thread(self, update: ScreenUpdate) -> None:
        if self._open:
            self._arrived.emit(update)

    def _deliver(self, update: ScreenUpdate) -> None:
        if self._open:
            self._on_update(update)
