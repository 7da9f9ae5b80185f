"""A whole station without a window: what it opens it closes, whatever happens between."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.station import CENTRE_URL, Options, StationProgram
from app.domain.framing import unframed
from app.domain.refusal import Refused, Unavailable
from app.ledger.also import SetValue
from app.workflows.view import Screen, StationStatus
from sync.client.transport import HttpCentre
from tests.app.bootstrap.premises import (
    furnished,
    options,
    rows,
    running,
    save_a_unit,
    wait_for_labels,
)
from tests.app.ledger.station import disposition

OURS = ("station", "labels", "sync", "printer")


def at_work() -> list[str]:
    """Threads of a station that run in this process."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(OURS)]


def is_free(folder: Folder) -> bool:
    """Tell whether another program could open the folder now."""
    with folder.locked():
        return True


def test_what_is_saved_is_printed_recorded_and_there_after_the_stop(tmp_path: Path) -> None:
    folder = furnished(tmp_path)
    with running(options(folder, trace=tmp_path / "trace.jsonl")) as program:
        save_a_unit(program)
        wait_for_labels(program)
    (label,) = folder.labels.glob("*.zpl")
    assert label.with_suffix(".pdf").exists()
    assert rows(folder, "select code, state from label") == [(label.stem, "printed")]
    lines = (tmp_path / "trace.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] is not None for line in lines] == [True, False, True]
    assert at_work() == []
    assert is_free(folder)


def test_stopping_again_or_before_the_start_is_no_mistake(tmp_path: Path) -> None:
    program = StationProgram(options(Folder(tmp_path)))
    program.stop()
    program.stop()
    with running(options(Folder(tmp_path))) as program:
        program.stop()
    assert at_work() == []
    assert is_free(Folder(tmp_path))


def test_a_second_station_on_the_folder_is_refused_and_leaves_the_first_alone(tmp_path: Path) -> None:
    folder = furnished(tmp_path)
    with running(options(folder)) as first:
        with pytest.raises(Refused, match="Another Backhaul station"):
            StationProgram(options(folder))
        save_a_unit(first)
        assert first.thread.ask(lambda: first.ledger.head.seq) > 0
    assert is_free(folder)


def no_record(folder: Folder) -> Options:
    folder.make().record.write_bytes(b"no database, but long enough to look like some file of somebody")
    folder.key.write_text("07" * 32)
    return options(folder)


def no_trace(folder: Folder) -> Options:
    return options(folder, trace=folder.path / "none" / "trace.jsonl")


def no_key(folder: Folder) -> Options:
    furnished(folder.path).key.unlink()
    return options(folder)


@pytest.mark.parametrize(
    ("prepare", "outcome", "said"),
    [
        (no_record, Refused, "not a database"),
        (no_trace, Unavailable, "trace"),
        (no_key, Refused, "no key file"),
    ],
)
def test_a_start_that_fails_leaves_nothing_open(
    tmp_path: Path, prepare: Callable[[Folder], Options], outcome: type[Exception], said: str
) -> None:
    folder = Folder(tmp_path)
    asked = prepare(folder)
    with pytest.raises(outcome, match=said):
        StationProgram(asked)
    assert at_work() == []
    assert is_free(folder)


def test_a_defect_while_the_bench_is_made_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.bootstrap.resources.policy", lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        StationProgram(options(Folder(tmp_path), trace=tmp_path / "trace.jsonl"))
    assert at_work() == []
    assert is_free(Folder(tmp_path))


@pytest.mark.parametrize("wrong", [{"printer": "laser"}, {"person": "  "}, {"person_id": "Ana K."}])
def test_an_option_that_means_nothing_is_refused_before_anything_is_made(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    folder = Folder(tmp_path / "data")
    with pytest.raises(Refused):
        StationProgram(options(folder, **wrong))
    assert not folder.path.exists()


def test_labels_that_were_not_printed_come_out_at_the_next_start(tmp_path: Path) -> None:
    folder = furnished(tmp_path / "data")
    blocked = tmp_path / "file"
    blocked.write_text("")
    with running(options(folder, printer=f"folder:{blocked / 'labels'}")) as program:
        save_a_unit(program)
        assert program.thread.ask(program.labels_waiting) == 1
    with running(options(folder)) as program:
        wait_for_labels(program)
    assert len(list(folder.labels.glob("*.zpl"))) == 1


def test_labels_that_waited_too_long_are_asked_about_and_reprint_prints_them(tmp_path: Path) -> None:
    folder = furnished(tmp_path / "data")
    blocked = tmp_path / "file"
    blocked.write_text("")
    with running(options(folder, printer=f"folder:{blocked / 'labels'}")) as program:
        save_a_unit(program)
    with closing(sqlite3.connect(folder.record)) as record, record:
        record.execute("update label set wall = '2020-01-01T00:00:00.000Z'")
    asked = threading.Event()
    program = StationProgram(options(folder))

    def look(screen: Screen, _: int | None) -> None:
        if screen.status.device_word == "Printer: 1 old label waits, REPRINT prints it":
            asked.set()

    program.bench.subscribe(look)
    program.start()
    try:
        assert asked.wait(30)
        save_a_unit(program)
        wait_for_labels(program, left=1)
        program.bench.command("REPRINT")
        screen = program.thread.ask(program.bench.screen)
        assert screen.bench.band.headline == "Printing what waited: 1"
        wait_for_labels(program)
    finally:
        program.stop()
    assert len(list(folder.labels.glob("*.zpl"))) == 2


def test_a_label_that_cannot_be_printed_is_said_and_the_next_comes_out(tmp_path: Path) -> None:
    folder = furnished(tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with running(options(folder, printer=f"folder:{blocked / 'labels'}")) as program:
        save_a_unit(program)
        program.bench.submit("]E04006381333931", "scanner")
        program.bench.command("GRI")
        assert program.thread.ask(program.labels_waiting) == 2
    ((first, document),) = rows(folder, "select code, document from label order by event_seq limit 1")
    spoilt = json.dumps({**json.loads(document), "headline": " "})
    with closing(sqlite3.connect(folder.record)) as record, record:
        record.execute("update label set document = ? where code = ?", (spoilt, first))
    said = threading.Event()
    program = StationProgram(options(folder))

    def look(screen: Screen, _: int | None) -> None:
        if f"label {first} cannot" in screen.status.device_word:
            said.set()

    program.bench.subscribe(look)
    program.start()
    try:
        assert said.wait(30)
        wait_for_labels(program, left=1)
        assert f"label {first} cannot" in program.thread.ask(program.bench.screen).status.device_word
    finally:
        program.stop()
    assert [path.stem == first for path in folder.labels.glob("*.zpl")] == [False]


def test_facts_hold_an_opaque_id_of_the_person_and_a_session_of_the_start(tmp_path: Path) -> None:
    folder = furnished(tmp_path)
    for name in ("Ana K.", "ana  k."):
        with running(options(folder, person=name)) as program:
            screen = save_a_unit(program)
            assert screen.status.person.startswith(" ".join(name.split()))
    headers = [json.loads(text) for (text,) in rows(folder, "select header from event order by seq")]
    assert len({header["operator"] for header in headers}) == 1
    assert len({header["session"] for header in headers}) == 2
    assert "ana k" not in str(rows(folder, "select header, facts from event")).casefold()


def test_an_id_that_was_given_stands_in_the_facts(tmp_path: Path) -> None:
    folder = furnished(tmp_path)
    with running(options(folder, person="Ana K.", person_id="u-17")) as program:
        save_a_unit(program)
    headers = [json.loads(text) for (text,) in rows(folder, "select header from event")]
    assert {header["operator"] for header in headers} == {"u-17"}


def test_a_defect_is_reported_in_the_data_folder_and_the_bench_goes_on(
    tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("station task failed")
    folder, lines = furnished(tmp_path), list[str]()
    program = StationProgram(options(folder), say=lines.append)
    try:
        program.start()
        for _ in range(30):
            program.thread.post(partial(list[int]().remove, 1))
        save_a_unit(program)
        assert program.thread.ask(lambda: program.ledger.head.seq) > 0
    finally:
        program.stop()
    reports = sorted(folder.crashes.iterdir())
    assert len(reports) == len(lines) == 20
    assert "ValueError" in reports[0].read_text(encoding="utf-8")
    assert all(any(str(report) in line for line in lines) for report in reports)


def when_sending_cannot_begin(tmp_path: Path, address: str) -> tuple[StationStatus, list[BaseException]]:
    """What the first pill says of a bench that joined a centre at this address."""
    told, program = threading.Event(), StationProgram(options(furnished(tmp_path)))

    def heard(screen: Screen, _scan: int | None) -> None:
        if screen.status.link_detail:
            told.set()

    try:
        program.thread.ask(lambda: program.ledger.save([SetValue(CENTRE_URL, address)]))
        program.bench.subscribe(heard)
        program.start()
        assert told.wait(20)
        return program.bench.screen().status, program.defects
    finally:
        program.stop()


@pytest.mark.parametrize("trouble", ["address", "certificates"])
def test_why_sending_cannot_begin_is_said_and_the_bench_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    if trouble == "certificates":
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
    address = "gopher://[bad" if trouble == "address" else "https://centre.example"
    status, defects = when_sending_cannot_begin(tmp_path, address)
    assert (status.link_word, defects) == ("Sending stopped", [])
    assert status.link_detail.startswith("Sending could not begin: ")
    assert status.link_detail.endswith("stays and waits.")


def test_a_defect_that_stops_the_sync_before_it_began_is_reported_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(StationProgram, "_make_sync", fails)
    status, defects = when_sending_cannot_begin(tmp_path, "https://centre.example")
    assert "a mistake" in status.link_detail
    assert [type(defect) for defect in defects] == [RuntimeError]


def test_a_defect_in_the_sync_leaves_a_crash_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a mistake in a session")

    monkeypatch.setattr(HttpCentre, "hello", fails)
    folder, said, told = furnished(tmp_path), list[str](), threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        told.set()

    program = StationProgram(options(folder), say=say)
    try:
        program.thread.ask(lambda: program.ledger.save([SetValue(CENTRE_URL, "http://127.0.0.1:9")]))
        program.start()
        assert told.wait(20)
    finally:
        program.stop()
    (report,) = folder.crashes.iterdir()
    assert "a mistake in a session" in report.read_text(encoding="utf-8")
    assert str(report) in said[0]


def test_a_backup_is_taken_by_another_program_while_the_station_works(tmp_path: Path) -> None:
    folder = furnished(tmp_path / "a")
    copy = Folder(tmp_path / "b").make()
    with running(options(folder)) as program:
        save_a_unit(program)
        done = backhaul("backup", str(copy.record), "--data", str(folder.path))
        assert done.returncode == 0, done.stderr
        program.thread.ask(lambda: program.ledger.save([SetValue("later", "yes")]))
    copy.key.write_bytes(folder.key.read_bytes())
    assert rows(copy, "select seq, hash from event") == rows(folder, "select seq, hash from event") != []
    assert rows(copy, "select value from meta where name = 'value.later'") == []
    assert backhaul("audit", "--data", str(copy.path)).returncode == 0


def backhaul(*words: str) -> subprocess.CompletedProcess[str]:
    """Runs one command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "app", *words], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_second_copy_whose_disk_is_away_is_on_the_screen_and_so_is_its_return(tmp_path: Path) -> None:
    lines, disk = list[str](), tmp_path / "media"
    asked = Options(tmp_path / "bench", printer="none", second_copy=disk / "usb")
    program = StationProgram(asked, say=lines.append)
    try:
        status = program.bench.screen().status
        assert (status.devices_ok, status.short_device) == (False, "Second copy")
        assert "behind: No such file" in status.copy_word
        disk.mkdir()
        tried = threading.Event()
        while program.bench.screen().status.copy_word.splitlines()[0].startswith("No record"):
            program.bench.refresh()
            tried.wait(0.01)
        # Both are in the folder of this test.
        assert "on the same disk as the record" in program.bench.screen().status.copy_word
        assert "The second copy is complete again." in lines
        assert [line for line in lines if "one broken disk takes both" in line] == lines[1:2]
    finally:
        program.stop()


def test_a_second_copy_follows_what_was_recorded_before_it_was_asked_for(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "bench")
    with open_record(folder, must_exist=False) as ledger:
        ledger.record(disposition(1, event_id="0192e4c5-0000-7000-8000-000000000001"))
    program = StationProgram(Options(folder.path, printer="none", second_copy=tmp_path / "usb"))
    program.stop()
    [path] = (tmp_path / "usb").glob("*.events")
    with path.open("rb") as file:
        assert len(list(unframed(file))) == 1
