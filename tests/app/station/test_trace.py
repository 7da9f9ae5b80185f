from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
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


def test_a_path_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "t", tmp_path):
        with pytest.raises(Unavailable, match="trace"):
            TraceFile(path, painted=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_ends_the_trace_and_not_the_work(expect_log: Callable[[str], None]) -> None:
    expect_log("the trace ends here: .*space")
    trace = TraceFile(Path("/dev/full"), painted=True)
    for number in (1, 2):
        trace.scanned(scan(number))
        trace.painted(number, 110)
    trace.close()


def test_a_paint_after_the_end_writes_nothing(tmp_path: Path) -> None:
    trace = TraceFile(tmp_path / "t", painted=True)
    trace.close()
    trace.scanned(scan(1))
    trace.painted(1, 110)
    trace.close()
    assert lines(tmp_path / "t") == []
