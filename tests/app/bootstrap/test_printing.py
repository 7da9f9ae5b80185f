"""From documents to printed labels: in order, off the station's thread, whatever one of them holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.printing import LabelDesk, NoPrinter, label_of, make_printer
from app.bootstrap.station import StationProgram
from app.documents.label import UnitLabel
from app.domain.refusal import Refused
from app.station.system import SystemClock
from app.workflows.view import Screen
from devices.folder_printer import FolderPrinter
from devices.print_queue import OLD_MS, PrintQueue
from devices.printer import Cause, PrinterUnavailable, PrintJob
from devices.tcp_printer import TcpPrinter
from tests.app.bootstrap.premises import furnished, options, save_a_unit, wait_for_labels


def document(code: str, **more: object) -> Mapping[str, object]:
    return {
        "code": code,
        "headline": "A RESTOCK",
        "place": "R-03",
        "item_name": "Mug set of 4",
        "sku": "MUG-4",
        "serial": None,
        "lot": None,
        "quantity": 1,
        "rma": "R-1",
        "date": "2026-11-22",
        "station": "BENCH 07",
        **more,
    }


class Paper:
    """A printer that remembers, and may be away."""

    name = "paper"

    def __init__(self) -> None:
        self.jobs: list[PrintJob] = []
        self.there = threading.Event()
        self.there.set()

    def send(self, job: PrintJob) -> None:
        self.ready()
        self.jobs.append(job)

    def ready(self) -> None:
        if not self.there.is_set():
            raise PrinterUnavailable(Cause.OFFLINE, "away")


class Desk:
    """A desk before a printer, and what it said."""

    def __init__(self, printer: Paper, *, pictures: bool, before_each: Callable[[], None]) -> None:
        self.said: list[tuple[str, str]] = []
        self.now_ms = 0.0
        self.defects: list[BaseException] = []
        self.taken: list[str] = []
        self._changed = threading.Condition()
        self.queue = PrintQueue(
            printer,
            lambda _: self.desk.look_for_room(),
            self._took,
            retry_s=0.01,
            now_ms=lambda: self.now_ms,
        )
        self.desk = LabelDesk(
            self.queue,
            pictures=pictures,
            before_each=before_each,
            on_unprintable=self._no,
            on_defect=self.defects.append,
        )

    def _took(self, number: int, job: PrintJob) -> None:
        del number
        self.desk.look_for_room()
        with self._changed:
            self.taken.append(job.label_code)
            self._changed.notify_all()

    def _no(self, code: str, why: str) -> None:
        with self._changed:
            self.said.append((code, why))
            self._changed.notify_all()

    def wait(self, holds: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, 30)


@contextmanager
def working(
    printer: Paper, *, pictures: bool = False, before_each: Callable[[], None] = lambda: None
) -> Iterator[Desk]:
    desk = Desk(printer, pictures=pictures, before_each=before_each)
    desk.queue.start()
    desk.desk.start()
    try:
        yield desk
    finally:
        desk.desk.stop()
        desk.queue.stop()


def test_labels_come_out_in_order_each_as_picture_and_as_zpl() -> None:
    paper = Paper()
    with working(paper, pictures=True) as desk:
        for n in range(5):
            desk.desk.submit(document(f"L7-{n}"), False)
        desk.wait(lambda: len(desk.taken) == 10)
    assert [(job.label_code, job.kind) for job in paper.jobs] == [
        (f"L7-{n}", kind) for n in range(5) for kind in ("pdf", "zpl")
    ]
    assert paper.jobs[0].data.startswith(b"%PDF")
    assert paper.jobs[1].data.startswith(b"^XA")


def test_a_printer_that_takes_no_pictures_has_none_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*_: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr("app.documents.label_pdf.render", draw)
    with working(Paper()) as desk:
        desk.desk.submit(document("L7-1"), False, OLD_MS + 1)
        desk.desk.submit(document("L7-2"), False)
        desk.wait(lambda: desk.taken == ["L7-2"])
        assert desk.desk.old() == 1
    assert desk.defects == []


class SleptOvernight(SystemClock):
    """A machine that slept: its wall clock went on, its monotonic one did not."""

    slept = timedelta()

    def now(self) -> datetime:
        return super().now() + self.slept


def test_a_bench_that_slept_overnight_asks_about_what_waited(tmp_path: Path) -> None:
    folder, away, clock = furnished(tmp_path / "data"), tmp_path / "away", SleptOvernight()
    away.write_text("")
    program = StationProgram(options(folder, printer=f"folder:{away / 'labels'}"), clock=clock)
    asked = threading.Event()

    def look(screen: Screen, _: int | None) -> None:
        if screen.status.device_word == "Printer: 1 old label waits, REPRINT prints it":
            asked.set()

    program.bench.subscribe(look)
    try:
        program.start()
        save_a_unit(program)
        clock.slept = timedelta(hours=9)
        away.unlink()
        save_a_unit(program)
        assert asked.wait(30)
        wait_for_labels(program, left=1)
    finally:
        program.stop()
    assert len(list((away / "labels").glob("*.zpl"))) == 1


def test_labels_that_are_old_hold_up_nothing_newer() -> None:
    with working(Paper()) as desk:
        for n in range(50):
            desk.desk.submit(document(f"L7-{n}"), False, OLD_MS + 1)
        desk.desk.submit(document("L7-new"), False)
        desk.wait(lambda: desk.taken == ["L7-new"])
        assert desk.desk.old() == 50
        desk.desk.print_old()
        desk.wait(lambda: len(desk.taken) == 51)
    assert desk.taken[1:] == [f"L7-{n}" for n in range(50)]


@pytest.mark.parametrize(
    "spoilt",
    [{"headline": " "}, {"code": "L 7"}, {"quantity": 0}, {"date": "yesterday"}, {"sku": 7}, {"code": "a/b"}],
)
def test_one_that_cannot_be_printed_is_said_and_passed_over(spoilt: dict[str, object]) -> None:
    paper = Paper()
    with working(paper) as desk:
        desk.desk.submit({**document("L7-1"), **spoilt}, False)
        desk.desk.submit(document("L7-2"), False)
        desk.wait(lambda: desk.taken == ["L7-2"])
    assert [code for code, why in desk.said if why] == [spoilt.get("code", "L7-1")]
    assert desk.defects == []


def test_a_defect_is_reported_and_the_next_label_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Paper()
    real = label_of

    def broken(of: Mapping[str, object], *, copy: bool) -> UnitLabel:
        if of["code"] == "L7-1":
            raise ZeroDivisionError
        return real(of, copy=copy)

    monkeypatch.setattr("app.bootstrap.printing.label_of", broken)
    with working(paper) as desk:
        desk.desk.submit(document("L7-1"), False)
        desk.desk.submit(document("L7-2"), False)
        desk.wait(lambda: desk.taken == ["L7-2"])
    assert [type(defect) for defect in desk.defects] == [ZeroDivisionError]


def test_a_label_is_drawn_when_nothing_is_more_urgent() -> None:
    paper, reached, painted = Paper(), threading.Event(), threading.Event()

    def urgent() -> None:
        reached.set()
        painted.wait()

    with working(paper, before_each=urgent) as desk:
        desk.desk.submit(document("L7-1"), False)
        assert reached.wait(30)
        assert desk.queue.waiting() == ()
        painted.set()
        desk.wait(lambda: desk.taken == ["L7-1"])


def test_while_the_printer_is_away_little_is_rendered_and_later_all_comes_out() -> None:
    paper = Paper()
    paper.there.clear()
    with working(paper) as desk:
        for n in range(100):
            desk.desk.submit(document(f"L7-{n}"), False)
        desk.desk.submit(document("L7-100", headline=""), False)
        assert len(desk.queue.waiting()) <= 32
        paper.there.set()
        desk.wait(lambda: len(desk.taken) == 100 and len(desk.said) == 1)
    assert desk.taken == [f"L7-{n}" for n in range(100)]


def test_a_desk_stops_while_the_printer_is_away() -> None:
    paper = Paper()
    paper.there.clear()
    with working(paper) as desk:
        for n in range(100):
            desk.desk.submit(document(f"L7-{n}"), False)
    assert paper.jobs == []
    assert not any(thread.name == "labels" for thread in threading.enumerate())


def test_a_copy_says_so() -> None:
    assert label_of(document("L7-1"), copy=True).marks == ("COPY",)


def test_none_takes_every_label_and_prints_nothing(tmp_path: Path) -> None:
    printer = make_printer("none", Folder(tmp_path))
    assert isinstance(printer, NoPrinter)
    printer.ready()
    printer.send(PrintJob(b"^XA^XZ", "zpl", "L7-1"))
    assert list(tmp_path.iterdir()) == []


def test_a_printer_is_named(tmp_path: Path) -> None:
    assert isinstance(make_printer("folder", Folder(tmp_path)), FolderPrinter)
    other = make_printer(f"folder:{tmp_path / 'x'}", Folder(tmp_path))
    other.send(PrintJob(b"^XA^XZ", "zpl", "L7-1"))
    assert (tmp_path / "x" / "L7-1.zpl").exists()
    tcp = make_printer("tcp:10.0.0.9:9100", Folder(tmp_path))
    assert isinstance(tcp, TcpPrinter)
    assert tcp.name == "10.0.0.9"


@pytest.mark.parametrize(
    "name", ["", "laser", "folder:", "tcp:", "tcp:host", "tcp:host:x", "tcp:host:0", "tcp::1"]
)
def test_a_printer_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match=r"Expected folder, .* or none"):
        make_printer(name, Folder(tmp_path))
