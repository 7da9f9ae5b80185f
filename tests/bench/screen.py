"""Scan to saved and scan to painted, through the real bench and its real window, drawn in memory.

The raw parts are measured between the scans: the same rows committed by the bare driver, and a label that is
painted anew after the Return key, the least that any window does to answer a scan.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.bootstrap import resources, sqlite
from app.bootstrap.desktop import Desktop, Look
from app.bootstrap.folder import Folder
from app.bootstrap.station import Options, StationProgram
from app.demo.business import Business, generate
from app.domain.feed import Change, Page
from app.ledger import mirror
from app.scanning.double_read import Gaps
from tests.bench.figures import Figure, Target, middle, percentiles
from tests.bench.grown import Say, copy_of, grown
from tests.bench.raw import RawWriter, Transaction
from tests.bench.record_path import STATION_PRAGMAS, raw_units
from tests.simulation import hand
from tests.simulation.hand import Visit
from tests.simulation.station_process import Answer, read_answers

_MILLI = 1000
_PATIENCE_MS = 30_000
_LOOK_S = 0.005
_FRAME_MS = 16.7
_SEED = 5
_MOST_UNITS_A_BOX = 8


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `rounds` of `boxes` each, on a record of `moves` moves."""

    rounds: int
    boxes: int
    moves: int


@dataclass(frozen=True, slots=True)
class Round:
    """Milliseconds of raw commits and of repaints of a label; scans up to number `upto` belong to it.

    `cpu` are those of the window's thread and of the whole program for the scan in the middle.
    """

    commits: list[float]
    repaints: list[float]
    upto: int
    cpu: tuple[float, float]


def measure(folder: Path, cache: Path, size: Size, say: Say) -> list[Figure]:
    """Scan to saved, scan to painted for scans that save, and for all others."""
    base = grown(cache, size.moves, say)
    # The first round warms up.
    business = generate(_SEED, (size.rounds + 1) * size.boxes * 2)
    most = (size.rounds + 1) * size.boxes * _MOST_UNITS_A_BOX
    played = raw_units(copy_of(base, folder / "heard"), size.moves, most)
    copy = Folder(copy_of(base, folder / "raw")).record
    raw = RawWriter(copy, sqlite.choose().module, STATION_PRAGMAS)
    trace = folder / "trace.jsonl"
    program = StationProgram(
        Options(copy_of(base, folder / "station"), printer="folder", trace=trace, gaps=Gaps(0, 0))
    )
    try:
        program.thread.ask(lambda: mirror.apply_page(program.ledger, page_of(business)))
        rounds = _play(program, business, size, _commits(raw, played))
    finally:
        program.stop()
        raw.close()
    return _figures(read_answers(trace), rounds, size.moves)


def page_of(business: Business) -> Page:
    """What a centre would tell a bench of this business."""
    documents: list[tuple[str, str, dict[str, object]]] = [
        ("item", item.sku, item.to_json()) for item in business.items
    ]
    for announced in business.returns:
        rma = announced.rma
        documents.append(("rma", rma.code, {**rma.to_json(), "done": [], "state": "open"}))
    policy = resources.policy()
    documents.append(
        ("policy", policy.version, {"version": policy.version, "source": resources.policy_source()})
    )
    changes = tuple(Change(pos, kind, key, text) for pos, (kind, key, text) in enumerate(documents, 1))
    return Page(1, len(changes), changes)


def _commits(raw: RawWriter, played: Sequence[Transaction]) -> Callable[[], float]:
    left = iter(played)

    def commit() -> float:
        began = time.perf_counter()
        raw.play(next(left))
        return (time.perf_counter() - began) * _MILLI

    return commit


def _play(
    program: StationProgram, business: Business, size: Size, commit: Callable[[], float]
) -> list[Round]:
    desktop = Desktop(program, Look(theme="light", sound=False))
    program.start()
    window = _Window(program, desktop)
    label = RepaintedLabel()
    items = {item.sku: item for item in business.items}
    visits: list[Visit] = list(hand.visits(business))
    rounds: list[Round] = []
    for _ in range(size.rounds + 1):
        commits, repaints = list[float](), list[float]()
        for _ in range(size.boxes):
            for pull in hand.all_pulls(visits.pop(0), items):
                window.scan(f"{pull.aim}{pull.code}")
                if pull.saves:
                    window.settle()
                    commits.append(commit())
                    repaints.append(label.return_to_repaint())
        window_ms, program_ms = (median(used) for used in zip(*window.cpu, strict=True))
        rounds.append(Round(commits, repaints, window.scans, (window_ms, program_ms)))
        window.cpu.clear()
    label.close()
    desktop.close()
    return rounds


class _Window:
    """Scans and works as the program does until the answer was painted."""

    def __init__(self, program: StationProgram, desktop: Desktop) -> None:
        self._program = program
        self._loop = QEventLoop()
        self._painted = 0
        self.scans = 0
        self.cpu: list[tuple[float, float]] = []
        desktop.on_painted(self._seen)
        desktop.window.show()
        QApplication.processEvents()

    def _seen(self, scan: int) -> None:
        self._painted = max(self._painted, scan)
        if self._painted >= self.scans:
            self._loop.quit()

    def scan(self, raw: str) -> None:
        self.scans += 1
        patience = QTimer()
        patience.setSingleShot(True)
        patience.timeout.connect(self._loop.quit)
        patience.start(_PATIENCE_MS)
        used = time.thread_time(), time.process_time()
        self._program.bench.submit(raw, "scanner")
        self._loop.exec()
        self.cpu.append(((time.thread_time() - used[0]) * _MILLI, (time.process_time() - used[1]) * _MILLI))
        if self._painted < self.scans:
            raise TimeoutError(f"the answer to {raw} was never painted")

    def settle(self) -> None:
        """Returns when the label is printed: a person takes longer than that for the next scan."""
        while self._program.thread.ask(self._program.bench.unprinted):
            QApplication.processEvents()
            threading.Event().wait(_LOOK_S)
        QApplication.processEvents()


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


def _figures(answers: Sequence[Answer], rounds: Sequence[Round], moves: int) -> list[Figure]:
    parts: list[list[Answer]] = []
    begun = rounds[0].upto
    for found in rounds[1:]:
        parts.append(list(answers[begun : found.upto]))
        begun = found.upto
    commits = middle(percentiles(found.commits) for found in rounds[1:])
    repaints = middle(percentiles(found.repaints) for found in rounds[1:])
    both = {name: commits[name] + repaints[name] for name in commits}
    saving = [[answer for answer in part if answer.ms_saved is not None] for part in parts]
    others = [[answer for answer in part if answer.ms_saved is None] for part in parts]
    cpu = [round(median(found.cpu[which] for found in rounds[1:]), 1) for which in range(2)]
    notes = {"scans": sum(map(len, parts)), "moves": moves, "cpu_ms_window_and_program": cpu}
    frame = Target("p99", _FRAME_MS, absolute=True)
    sums = "a raw commit of the same rows and a label painted after the Return key"
    return [
        Figure(
            "scan.saved",
            "ms",
            middle(percentiles([a.ms_saved or 0 for a in part]) for part in saving),
            commits,
            "a raw commit of the same rows",
            notes=notes,
        ),
        Figure(
            "scan.painted",
            "ms",
            middle(percentiles([a.ms_painted or 0 for a in part]) for part in saving),
            both,
            sums,
            (Target("p50", 6), frame),
            notes,
        ),
        Figure(
            "scan.painted.unsaved",
            "ms",
            middle(percentiles([a.ms_painted or 0 for a in part]) for part in others),
            repaints,
            "a label painted after the Return key",
            (frame,),
            notes,
        ),
    ]
