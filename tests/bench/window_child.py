"""Windows in processes of their own: `python -m tests.bench.window_child KIND ...` says when it was usable.

Kinds: `bare` (a small window of the toolkit), `record FILE` (the same with SQLAlchemy and a page of rows from
a record's file), `station WORDS...` (the real program with these arguments). Each paints its first picture,
stays idle for a moment, prints one JSON line and ends: `ready` on the machine's monotonic clock, `cpu_s` that
it took until then, `rss_mb` when idle.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

IDLE_MS = 1500
_KIB = 1024
_SHOWN_ROWS, _SHOWN_COLUMNS = 20, 6

Rows = Sequence[Sequence[str]]


def rss_mb() -> float:
    """Megabytes of memory that this process holds now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / _KIB
    raise ValueError("the system does not say how much memory is held")


def report_when_painted(widget: object, end: Callable[[], object]) -> None:
    """Once the picture with this widget in it is whole and the program was idle: says so, and ends."""
    from PySide6.QtCore import QEvent, QObject, QTimer  # noqa: PLC0415 - imports are part of what is measured
    from PySide6.QtWidgets import QWidget  # noqa: PLC0415

    if not isinstance(widget, QWidget):
        raise TypeError(f"{widget!r} is not painted")

    class Eye(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names what it calls
            if event.type() is QEvent.Type.Paint:
                watched.removeEventFilter(self)
                # Behind this event, the rest of the picture has been painted too.
                QTimer.singleShot(0, painted)
            return False

    def painted() -> None:
        ready, used = time.monotonic(), time.process_time()
        QTimer.singleShot(IDLE_MS, lambda: tell(ready, used))

    def tell(ready: float, used: float) -> None:
        found = {"ready": ready, "cpu_s": round(used, 3), "rss_mb": round(rss_mb(), 1)}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
        end()

    widget.installEventFilter(Eye(widget))


def bare(rows: Callable[[], Rows]) -> int:
    """A window with a field, a button and a table of what `rows` reads."""
    from PySide6 import QtWidgets as W  # noqa: PLC0415 - imports are part of what is measured

    application = W.QApplication([])
    window, inner = W.QMainWindow(), W.QWidget()
    table = W.QTableWidget(_SHOWN_ROWS, _SHOWN_COLUMNS)
    for row, cells in enumerate(rows()[:_SHOWN_ROWS]):
        for column, cell in enumerate(cells[:_SHOWN_COLUMNS]):
            table.setItem(row, column, W.QTableWidgetItem(cell))
    stacked = W.QVBoxLayout(inner)
    for widget in (W.QLineEdit(), W.QPushButton("Save"), table):
        stacked.addWidget(widget)
    window.setCentralWidget(inner)
    window.resize(1366, 768)
    report_when_painted(table.viewport(), application.quit)
    window.show()
    return int(application.exec())


def rows_of(file: str) -> Rows:
    """A page of a record's events, read with SQLAlchemy Core."""
    from sqlalchemy import create_engine, text  # noqa: PLC0415 - imports are part of what is measured

    with create_engine(f"sqlite:///{file}").connect() as connection:
        found = connection.execute(
            text("select seq, event_id, kind, hlc, wall_ms, units from event order by seq desc limit 50")
        )
        return [[str(cell) for cell in row] for row in found]


def station(arguments: list[str]) -> int:
    """The real program from its command line on; usable when its band has been painted."""
    from app.bootstrap.desktop import Desktop  # noqa: PLC0415 - what the command imports first, as here
    from app.command.root import run  # noqa: PLC0415

    work = Desktop.exec

    def watched(self: Desktop) -> int:
        report_when_painted(self.window.frame.band, self.quit)
        return work(self)

    Desktop.exec = watched  # type: ignore[method-assign]
    return run(["station", "--headless", *arguments])


def main(arguments: list[str]) -> int:
    """Opens the window that is asked for."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    kind, *more = arguments
    if kind == "station":
        return station(more)
    return bare(lambda: rows_of(more[0]) if more else [])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
