from __future__ import annotations

import json
from pathlib import Path

from app.station.trace import ScanTrace, TraceFile


def scan(number: int, saved: float | None = None) -> ScanTrace:
    return ScanTrace(number, f"code {number}", "scanner", "Text", "r", "ask", "question", 100.0, saved, None)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_written_when_its_scan_was_painted(tmp_path: Path) -> None:
    trace = TraceFile(tmp_path / "t", painted=True)
    trace.scanned(scan(1, saved=101.5))
    assert lines(tmp_path / "t") == []
    trace.painted(1, 107.25)
    found = lines(tmp_path / "t")[0]
    assert (found["ms_saved"], found["ms_painted"], found["raw"]) == (1.5, 7.25, "code 1")
    trace.close()


def test_scans_overtaken_by_a_later_paint_keep_their_order_without_a_time(tmp_path: Path) -> None:
    trace = TraceFile(tmp_path / "t", painted=True)
    for number in (1, 2, 3):
        trace.scanned(scan(number))
    trace.painted(2, 110)
    trace.close()
    assert [(line["scan"], line["ms_painted"]) for line in lines(tmp_path / "t")] == [
        (1, None),
        (2, 10.0),
        (3, None),
    ]


def test_without_a_window_lines_come_at_once_and_files_grow(tmp_path: Path) -> None:
    for _ in range(2):
        trace = TraceFile(tmp_path / "t", painted=False)
        trace.scanned(scan(1))
        trace.close()
    assert len(lines(tmp_path / "t")) == 2
