"""Scan to saved and scan to painted, through the real bench and its real window, drawn in memory.

The raw parts are measured between the scans, in a process of their own: the same rows committed by the bare
driver, and a label painted anew after the Return key, the least that any window does to answer a scan.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.bootstrap import resources
from app.bootstrap.desktop import Desktop, Look
from app.bootstrap.folder import Folder
from app.bootstrap.station import Options, StationProgram
from app.demo.business import Business, generate, lately
from app.domain.feed import Change, Page
from app.ledger import mirror
from app.scanning.double_read import Gaps
from app.station.system import SystemClock
from tests.bench.figures import Figure, Target, middle, percentiles
from tests.bench.grown import Say, copy_of, grown
from tests.bench.starting import ROOT, print_all
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
    business = generate(_SEED, (size.rounds + 1) * size.boxes * 2, lately(SystemClock().now()))
    most = (size.rounds + 1) * size.boxes * _MOST_UNITS_A_BOX
    bare = _Bare(base, folder / "bare", size.moves, most)
    trace = folder / "trace.jsonl"
    data = copy_of(base, folder / "station")
    print_all(str(Folder(data).record))
    program = StationProgram(
        Options(data, printer="folder", camera="simulated", trace=trace, gaps=Gaps(0, 0))
    )
    try:
        program.thread.ask(lambda: mirror.apply_page(program.ledger, page_of(business)))
        rounds = _play(program, business, size, bare)
    finally:
        program.stop()
        bare.close()
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


def _play(program: StationProgram, business: Business, size: Size, bare: _Bare) -> list[Round]:
    desktop = Desktop(program, Look(theme="light", sound=False))
    program.start()
    window = _Window(program, desktop)
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
                    commit_ms, repaint_ms = bare.measure()
                    commits.append(commit_ms)
                    repaints.append(repaint_ms)
        window_ms, program_ms = (median(used) for used in zip(*window.cpu, strict=True))
        rounds.append(Round(commits, repaints, window.scans, (window_ms, program_ms)))
        window.cpu.clear()
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
        # What the answer before left to paint comes first, as with the bare label: nobody scans blindly.
        QApplication.processEvents()
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


class _Bare:
    """The raw parts, measured when asked in a process of their own."""

    def __init__(self, base: Path, scratch: Path, moves: int, most: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.bare_child", str(base), str(scratch), str(moves), str(most)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hear()

    def measure(self) -> tuple[float, float]:
        """Milliseconds of a commit and of a label painted anew."""
        if self._process.stdin is None:
            raise ValueError("the process was started without a pipe")
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        found = self._hear()
        return found["commit_ms"], found["repaint_ms"]

    def _hear(self) -> dict[str, float]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("the process of the raw parts has ended")
        heard: dict[str, float] = json.loads(line)
        return heard

    def close(self) -> None:
        """Ends it."""
        self._process.communicate()


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
