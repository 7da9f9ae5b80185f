from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap.crashes import write_report

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_reports_of_one_second_stand_beside_each_other(tmp_path: Path) -> None:
    paths = [write_report(tmp_path / "crashes", ValueError(f"no {n}"), NOW) for n in range(3)]
    assert [path.name for path in paths] == [
        "crash-20261122-100000.txt",
        "crash-20261122-100000-2.txt",
        "crash-20261122-100000-3.txt",
    ]
    assert ["no 0" in path.read_text(encoding="utf-8") for path in paths] == [True, False, False]


def test_a_report_says_where_it_happened(tmp_path: Path) -> None:
    try:
        [].remove(1)  # type: ignore[arg-type]
    except ValueError as defect:
        text = write_report(tmp_path, defect, NOW).read_text(encoding="utf-8")
    assert "test_crashes.py" in text
    assert "ValueError" in text
