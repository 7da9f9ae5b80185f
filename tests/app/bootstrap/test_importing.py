"""Files of records: streamed into a centre, with a report that a spreadsheet opens safely."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import importing
from app.bootstrap.importing import import_file
from app.bootstrap.serving import open_centre
from app.command.root import run
from app.domain.refusal import Refused, Unavailable
from sync.central.commands.importing import Importing
from sync.central.rules.quality import Finding
from sync.central.rules.sheet import Row
from sync.central.store.act import Act

TABLE = "sku,name,kit\nSET,Set,A=2\nA,Kettle,\n=cmd|' /C calc'!A0,Bad,\nB,=1+1,\n"


def at(folder: Path) -> str:
    return f"sqlite:///{folder / 'centre.db'}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text(TABLE, encoding="utf-8")
    with open_centre(at(tmp_path), None):
        pass
    return path


def test_a_file_is_taken_by_the_command(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = file.parent
    asked = ["central", "import", str(file), "--kind", "items", "--db", at(folder)]
    report = folder / "report.csv"
    assert run([*asked, "--dry-run"]) == 1
    tried = json.loads(capsys.readouterr().out)
    assert run([*asked, "--report", str(report)]) == 1
    done = json.loads(capsys.readouterr().out)
    assert (done["rows"], done["taken"], done["rejected"]) == (4, 3, 1)
    assert tried == done | {"dry_run": True}
    rows = list(csv.DictReader(report.read_text(encoding="utf-8").splitlines()))
    bad = [row for row in rows if row["severity"] == "rejected"]
    assert [(row["row"], row["rule"], row["read"]) for row in bad] == [
        ("4", "code.formula", "'=cmd|' /C calc'!A0")
    ]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    file.write_text("sku,name\nA,Kettle\n", encoding="utf-8")
    assert run(asked) == 0


def test_who_stops_an_import_has_whole_transactions_and_the_same_file_takes_the_rest(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"S-{n},Thing {n}\n" if n % 10 else f"S-{n},\n" for n in range(40))
    file.write_text(f"sku,name\n{rows}", encoding="utf-8")
    monkeypatch.setattr(importing, "_PER_TRANSACTION", 10)
    report = file.parent / "report.csv"
    asked = ["central", "import", str(file), "--kind", "items", "--db", at(file.parent)]
    judged = list[int]()

    def stopped(self: Importing, act: Act, rows: Sequence[Row | Finding], *, kits: bool = False) -> Any:
        judged.append(len(rows))
        found = batch(self, act, rows, kits=kits)
        if len(judged) == 3:
            # Written, and not committed yet.
            raise KeyboardInterrupt
        return found

    batch = Importing.batch
    with monkeypatch.context() as patched:
        patched.setattr(Importing, "batch", stopped)
        assert run([*asked, "--report", str(report)]) == 1
    said = capsys.readouterr().err
    assert "20 rows" in said
    assert "30 rows" not in said
    assert "the same file again takes the rest" in said
    assert _skus(file.parent) == {f"S-{n}" for n in range(20) if n % 10}
    bad = list(csv.DictReader(report.read_text(encoding="utf-8").splitlines()))
    assert {row["row"] for row in bad if row["severity"] == "rejected"} == {"2", "12"}
    assert run(asked) == 1
    assert _skus(file.parent) == {f"S-{n}" for n in range(40) if n % 10}


def _skus(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "centre.db")) as connection:
        return {sku for (sku,) in connection.execute("SELECT sku FROM item")}


def test_another_header_is_named_on_the_command_line(file: Path) -> None:
    file.write_bytes("\ufeffbarcode;title\r\n4006381333931;Kessel\r\n4006381333932;Topf\r\n".encode())
    asked = ["central", "import", str(file), "--kind", "items", "--db", at(file.parent)]
    columns = ["--column", "sku=barcode", "--column", "gtins=barcode", "--column", "name=title"]
    assert run([*asked, *columns]) == 1
    assert run([*asked, "--column", "name"]) == 2
    assert run([*asked, "--column", "name=nowhere"]) == 1


def test_bytes_that_are_no_text_reject_their_row_alone(file: Path) -> None:
    file.write_bytes(b"sku,name,K\xe9y\nA,Kettle,\nB,K\xe9ssel,\n")
    report = file.parent / "report.csv"
    with open_centre(at(file.parent), None) as centre:
        answer = import_file(centre.acting("sam", "import"), file, "items", columns={}, report=report)
    assert (answer["taken"], answer["rejected"]) == (1, 1)
    assert "K\\udce9y" in report.read_text(encoding="utf-8")


def test_a_line_without_end_is_rejected_piece_by_piece(file: Path) -> None:
    file.write_text("sku,name\nA,Kettle\n" + "x," * (1 << 20) + "\nB,Lamp\n", encoding="utf-8")
    with open_centre(at(file.parent), None) as centre:
        answer = import_file(centre.acting("sam", "import"), file, "items", columns={})
    assert (answer["taken"], answer["rejected"]) == (2, 2)


def test_a_file_that_is_not_there_and_a_report_that_cannot_be_written(file: Path) -> None:
    with open_centre(at(file.parent), None) as centre:
        acting = centre.acting("sam", "import")
        with pytest.raises(Refused, match=r"Cannot read none\.csv"):
            import_file(acting, file.parent / "none.csv", "items", columns={})
        with pytest.raises(Unavailable, match="cannot be written"):
            import_file(acting, file, "items", columns={}, report=file.parent / "no" / "report.csv")


def test_rows_on_the_word_of_another_system_are_proposed(file: Path) -> None:
    with open_centre(at(file.parent), None) as centre:
        acting = centre.acting("sam", "import")
        with acting() as act:
            act.conn.exec_driver_sql("INSERT INTO record_owner VALUES ('item', '*', 'external:ERP', '', '')")
        plain = import_file(acting, file, "items", columns={})
        theirs = import_file(acting, file, "items", columns={}, system="ERP")
    assert (plain["taken"], plain["proposed"]) == (0, 2)
    assert (theirs["taken"], theirs["proposed"]) == (3, 0)
