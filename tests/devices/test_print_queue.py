"""The print queue: order, patience, one word for each cause, nothing lost and nothing blocked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Lock

import pytest

from devices.folder_printer import FolderPrinter
from devices.print_queue import OLD_MS, PrintQueue, QueueState
from devices.printer import Cause, Printer, PrinterUnavailable, PrintJob
from devices.tcp_printer import TcpPrinter, TcpSettings
from tests.devices.fakes import PATIENCE_S, Heard, fake_printer


def job(n: int) -> PrintJob:
    return PrintJob(b"^XA^FD%d^FS^XZ" % n, "zpl", f"L07-{n}-X")


class Scripted:
    """A printer that fails as it is told to, and can be held in the middle of a job."""

    name = "scripted"

    def __init__(self) -> None:
        self.lock = Lock()
        self.trouble: PrinterUnavailable | None = None
        self.printed: list[str] = []
        self.asked = Event()
        self.began = Event()
        self.go = Event()
        self.go.set()

    def ready(self) -> None:
        self.asked.set()
        with self.lock:
            if self.trouble is not None:
                raise self.trouble

    def send(self, job: PrintJob) -> None:
        self.began.set()
        assert self.go.wait(PATIENCE_S)
        with self.lock:
            if self.trouble is not None:
                if self.trouble.taken:
                    self.printed.append(job.label_code)
                raise self.trouble
            self.printed.append(job.label_code)


class Desk:
    """A queue and everything it told."""

    def __init__(self, printer: Printer, retry_s: float = 0.01) -> None:
        self.states = Heard[QueueState]()
        self.done = Heard[tuple[int, str]]()
        self.now_ms = 0.0
        self.queue = PrintQueue(
            printer,
            self.states,
            lambda number, job: self.done((number, job.label_code)),
            retry_s,
            now_ms=lambda: self.now_ms,
        )


Open = Callable[..., Desk]


@pytest.fixture
def open_desk() -> Iterator[Open]:
    desks: list[Desk] = []

    def open_desk(printer: Printer, retry_s: float = 0.01) -> Desk:
        desks.append(Desk(printer, retry_s))
        desks[-1].queue.start()
        return desks[-1]

    yield open_desk
    for desk in desks:
        desk.queue.stop()


def test_jobs_are_numbered_and_printed_in_order(tmp_path: Path, open_desk: Open) -> None:
    desk = open_desk(FolderPrinter(tmp_path))
    assert desk.states.next() == QueueState(0)
    assert [desk.queue.submit(job(n)) for n in range(1, 6)] == [1, 2, 3, 4, 5]
    assert [desk.done.next() for _ in range(5)] == [(n, f"L07-{n}-X") for n in range(1, 6)]
    assert desk.states.until(QueueState(0))
    assert len(list(tmp_path.iterdir())) == 5


def test_nobody_waits_for_a_slow_printer(open_desk: Open) -> None:
    printer = Scripted()
    printer.go.clear()
    desk = open_desk(printer)
    numbers = [desk.queue.submit(job(n)) for n in range(100)]
    assert printer.began.wait(PATIENCE_S)
    assert [number for number, _ in desk.queue.waiting()] == numbers
    printer.go.set()
    assert [desk.done.next()[0] for _ in numbers] == numbers


def test_jobs_stay_while_the_printer_is_away_and_the_cause_is_said_once(open_desk: Open) -> None:
    printer = Scripted()
    printer.trouble = PrinterUnavailable(Cause.OUT_OF_LABELS, "bits")
    desk = open_desk(printer)
    assert desk.states.next() == QueueState(0, Cause.OUT_OF_LABELS, "bits")
    desk.queue.submit(job(1))
    assert desk.states.next() == QueueState(1, Cause.OUT_OF_LABELS, "bits")
    for _ in range(3):
        printer.asked.clear()
        assert printer.asked.wait(PATIENCE_S)
    assert desk.states.empty()
    with printer.lock:
        printer.trouble = PrinterUnavailable(Cause.COVER_OPEN, "bits")
    assert desk.states.next() == QueueState(1, Cause.COVER_OPEN, "bits")
    with printer.lock:
        printer.trouble = None
    assert desk.done.next() == (1, "L07-1-X")
    desk.states.until(QueueState(0))


def test_an_empty_queue_notices_that_the_printer_is_back(open_desk: Open) -> None:
    printer = Scripted()
    printer.trouble = PrinterUnavailable(Cause.OFFLINE, "")
    desk = open_desk(printer)
    desk.states.until(QueueState(0, Cause.OFFLINE))
    with printer.lock:
        printer.trouble = None
    assert desk.states.next() == QueueState(0)


def test_a_job_the_printer_holds_is_not_sent_again(open_desk: Open) -> None:
    printer = Scripted()
    desk = open_desk(printer)
    desk.states.until(QueueState(0))
    with printer.lock:
        printer.trouble = PrinterUnavailable(Cause.OUT_OF_LABELS, "", taken=True)
    desk.queue.submit(job(1))
    assert desk.done.next() == (1, "L07-1-X")
    desk.states.until(QueueState(0, Cause.OUT_OF_LABELS))
    with printer.lock:
        printer.trouble = None
    desk.states.until(QueueState(0))
    desk.queue.submit(job(2))
    assert desk.done.next() == (2, "L07-2-X")
    assert printer.printed == ["L07-1-X", "L07-2-X"]


def test_a_new_job_tries_at_once(open_desk: Open) -> None:
    printer = Scripted()
    printer.trouble = PrinterUnavailable(Cause.PAUSED, "")
    desk = open_desk(printer, retry_s=3600)
    desk.states.until(QueueState(0, Cause.PAUSED))
    with printer.lock:
        printer.trouble = None
    desk.queue.submit(job(1))
    assert desk.done.next()[0] == 1


def test_a_waiting_job_can_be_withdrawn_but_not_one_being_sent(open_desk: Open) -> None:
    printer = Scripted()
    printer.go.clear()
    desk = open_desk(printer)
    first, second, third = (desk.queue.submit(job(n)) for n in (1, 2, 3))
    assert printer.began.wait(PATIENCE_S)
    assert not desk.queue.withdraw(first)
    assert desk.queue.withdraw(second)
    assert not desk.queue.withdraw(second)
    assert not desk.queue.withdraw(99)
    printer.go.set()
    assert [desk.done.next()[0], desk.done.next()[0]] == [first, third]
    assert printer.printed == ["L07-1-X", "L07-3-X"]


def test_stopping_gives_back_what_was_not_handed_over(open_desk: Open) -> None:
    printer = Scripted()
    printer.trouble = PrinterUnavailable(Cause.OFFLINE, "")
    desk = open_desk(printer, retry_s=3600)
    desk.states.until(QueueState(0, Cause.OFFLINE))
    desk.queue.submit(job(1))
    desk.queue.submit(job(2))
    assert [number for number, _ in desk.queue.stop()] == [1, 2]
    assert printer.printed == []


def test_a_queue_never_started_keeps_its_jobs() -> None:
    desk = Desk(Scripted())
    desk.queue.submit(job(1))
    assert desk.queue.stop() == ((1, job(1)),)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_of_the_driver_is_shown_and_loses_no_job(open_desk: Open) -> None:
    class Broken(Scripted):
        def send(self, job: PrintJob) -> None:
            raise ZeroDivisionError(job.label_code)

    desk = open_desk(Broken())
    desk.queue.submit(job(1))
    desk.states.until(QueueState(1, Cause.FAILED, "ZeroDivisionError('L07-1-X')"))
    assert desk.queue.stop() == ((1, job(1)),)


def test_a_real_printer_that_runs_out_and_is_refilled(open_desk: Open) -> None:
    with fake_printer() as fake:
        desk = open_desk(TcpPrinter(TcpSettings("Z-2", "127.0.0.1", fake.port)))
        desk.states.until(QueueState(0))
        fake.errors_after_job = 0x1
        for n in (1, 2, 3):
            desk.queue.submit(job(n))
        assert desk.done.next()[0] == 1
        desk.states.until(QueueState(2, Cause.OUT_OF_LABELS, "errors 1 00000000 00000001"))
        fake.errors_after_job = None
        fake.errors = 0
        assert [desk.done.next()[0], desk.done.next()[0]] == [2, 3]
        assert fake.got == b"".join(job(n).data for n in (1, 2, 3))
        desk.states.until(QueueState(0))


def test_old_jobs_wait_for_a_word_and_newer_ones_pass_them(open_desk: Open) -> None:
    printer = Scripted()
    printer.trouble = PrinterUnavailable(Cause.OFFLINE, "off")
    desk = open_desk(printer)
    old = [desk.queue.submit(job(n)) for n in (1, 2)]
    desk.now_ms = OLD_MS + 1
    desk.queue.submit(job(3))
    with printer.lock:
        printer.trouble = None
    assert desk.done.next() == (3, "L07-3-X")
    assert desk.states.until(QueueState(2, aside=2))
    assert (desk.queue.old(), desk.queue.ahead()) == (2, 0)
    desk.queue.submit(job(4))
    assert desk.done.next() == (4, "L07-4-X")
    assert [number for number, _ in desk.queue.waiting()] == old
    desk.queue.print_old()
    assert [desk.done.next()[0] for _ in old] == old
    assert desk.states.until(QueueState(0))


def test_what_was_agreed_to_is_not_asked_about_again(open_desk: Open) -> None:
    printer = Scripted()
    printer.trouble = PrinterUnavailable(Cause.OFFLINE, "off")
    desk = open_desk(printer)
    desk.queue.submit(job(1))
    desk.now_ms = OLD_MS + 1
    desk.queue.print_old()
    with printer.lock:
        printer.trouble = None
    assert desk.done.next() == (1, "L07-1-X")


def test_a_clock_that_was_set_back_makes_no_job_old_and_agrees_to_none(open_desk: Open) -> None:
    printer = Scripted()
    printer.trouble = PrinterUnavailable(Cause.OFFLINE, "off")
    desk = open_desk(printer)
    desk.queue.print_old()
    desk.now_ms = -10 * OLD_MS
    desk.queue.submit(job(1), since_ms=0.0)
    desk.now_ms += 1
    desk.queue.submit(job(2))
    desk.now_ms = -8 * OLD_MS
    with printer.lock:
        printer.trouble = None
    assert desk.done.next() == (1, "L07-1-X")
    assert desk.states.until(QueueState(1, aside=1))


def test_a_job_that_is_old_when_it_comes_is_set_aside_and_can_be_withdrawn(open_desk: Open) -> None:
    desk = open_desk(Scripted())
    number = desk.queue.submit(job(1), since_ms=-OLD_MS - 1)
    assert desk.states.until(QueueState(1, aside=1))
    assert desk.queue.withdraw(number)
    assert desk.states.until(QueueState(0))
    desk.queue.submit(job(2), since_ms=-OLD_MS)
    assert desk.done.next()[1] == "L07-2-X"
