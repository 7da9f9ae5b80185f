"""The raw parts of a scan in a process of their own: `python -m tests.bench.bare_child BASE SCRATCH MOVES N`.

A bare driver on a copy of the record BASE, and a window with one label; nothing of the bench is at work
beside them, and its window's event filter does not see their events. For each line on stdin: one commit of a
unit's rows and one label painted anew after the Return key, answered by one JSON line with `commit_ms` and
`repaint_ms`. At most N times.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from tests.bench.grown import copy_of
from tests.bench.raw import RawWriter
from tests.bench.record_path import STATION_PRAGMAS, raw_units

_MILLI = 1000


class _Painted(QLabel):
    at = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt names what it calls
        super().paintEvent(event)
        self.at = time.perf_counter()


class RepaintedLabel(QWidget):
    """A field and a label: the Return key in the one changes the other."""

    def __init__(self) -> None:
        super().__init__()
        self._field, self._label = QLineEdit(), _Painted("-")
        rows = QVBoxLayout(self)
        rows.addWidget(self._field)
        rows.addWidget(self._label)
        self._field.returnPressed.connect(lambda: self._label.setText(self._field.text()))
        self.resize(600, 200)
        self.show()
        self._number = 0

    def return_to_repaint(self) -> float:
        """Milliseconds from the Return key until the label's new text was painted."""
        self._number += 1
        self._field.setText(f"{self._number:013d}")
        QApplication.processEvents()
        began = time.perf_counter()
        QTest.keyClick(self._field, Qt.Key.Key_Return)
        while self._label.at < began:
            QApplication.processEvents()
        return (self._label.at - began) * _MILLI


def main(arguments: list[str]) -> int:
    """Prepares, says so with an empty object, then measures line by line."""
    base, scratch, moves, most = Path(arguments[0]), Path(arguments[1]), int(arguments[2]), int(arguments[3])
    played = raw_units(copy_of(base, scratch / "heard"), moves, most)
    copy = Folder(copy_of(base, scratch / "raw")).record
    writer = RawWriter(copy, sqlite.choose().module, STATION_PRAGMAS)
    application = QApplication([])
    label = RepaintedLabel()
    application.processEvents()
    _say({})
    for transaction, _ in zip(played, sys.stdin, strict=False):
        began = time.perf_counter()
        writer.play(transaction)
        commit_ms = (time.perf_counter() - began) * _MILLI
        _say({"commit_ms": commit_ms, "repaint_ms": label.return_to_repaint()})
    writer.close()
    return 0


def _say(found: dict[str, float]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    sys.exit(main(sys.argv[1:]))
