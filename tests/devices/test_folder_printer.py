"""The folder printer: whole files, plain causes."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.folder_printer import FolderPrinter
from devices.printer import Cause, PrinterUnavailable, PrintJob

ZPL = PrintJob(b"^XA^FDL07-5521-D^FS^XZ", "zpl", "L07-5521-D")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_label_is_a_file_named_by_its_code(tmp_path: Path) -> None:
    folder = tmp_path / "labels" / "bench 07"
    printer = FolderPrinter(folder)
    printer.ready()
    printer.send(ZPL)
    printer.send(PrintJob(b"%PDF-1.4", "pdf", "R-10422-1", copies=3))
    assert names(folder) == ["L07-5521-D.zpl", "R-10422-1.pdf"]
    assert (folder / "L07-5521-D.zpl").read_bytes() == ZPL.data
    assert printer.name == "folder"


def test_a_reprint_replaces_the_file(tmp_path: Path) -> None:
    printer = FolderPrinter(tmp_path)
    printer.send(ZPL)
    printer.send(PrintJob(b"^XA^FDCOPY^FS^XZ", "zpl", ZPL.label_code))
    assert names(tmp_path) == ["L07-5521-D.zpl"]
    assert b"COPY" in (tmp_path / "L07-5521-D.zpl").read_bytes()


def test_a_label_is_never_seen_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(part: Path, data: bytes) -> int:
        with part.open("wb") as file:
            file.write(data[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PrinterUnavailable) as away:
        FolderPrinter(tmp_path).send(ZPL)
    assert (away.value.cause, "No space left" in away.value.detail) == (Cause.FOLDER, True)
    assert not (tmp_path / "L07-5521-D.zpl").exists()


def test_a_folder_that_cannot_be_is_a_plain_cause(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    printer = FolderPrinter(tmp_path / "file" / "labels")
    for act in (printer.ready, lambda: printer.send(ZPL)):
        with pytest.raises(PrinterUnavailable) as away:
            act()
        assert away.value.cause is Cause.FOLDER


def test_a_read_only_folder_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser may write anywhere, so the answer of the system is put in its place.
    monkeypatch.setattr("devices.folder_printer.os.access", lambda *_: False)
    with pytest.raises(PrinterUnavailable, match="read-only"):
        FolderPrinter(tmp_path).ready()
