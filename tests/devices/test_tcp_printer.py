"""The network printer, against a printer on a real socket that breaks in every way."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from devices.printer import Cause, PrinterUnavailable, PrintJob
from devices.tcp_printer import TcpPrinter, TcpSettings
from tests.devices.fakes import FakePrinter, fake_printer

JOB = PrintJob(b"^XA^FDL07-5521-D^FS^XZ\n", "zpl", "L07-5521-D", copies=2)
# Long enough that only a reply that never comes is waited out.
SHORT_S = 0.3
LONG_S = 20.0


@pytest.fixture
def fake() -> Iterator[FakePrinter]:
    with fake_printer() as fake:
        yield fake


def driver(fake: FakePrinter, timeout_s: float = LONG_S, *, asks_status: bool = True) -> TcpPrinter:
    return TcpPrinter(TcpSettings("Z-2", "127.0.0.1", fake.port, timeout_s, asks_status))


def refused(printer: TcpPrinter) -> PrinterUnavailable:
    with pytest.raises(PrinterUnavailable) as away:
        printer.send(JOB)
    return away.value


def test_a_job_arrives_with_all_copies(fake: FakePrinter) -> None:
    printer = driver(fake)
    printer.ready()
    printer.send(JOB)
    assert fake.got == JOB.data * 2
    assert printer.name == "Z-2"


@pytest.mark.parametrize(
    ("errors", "cause"),
    [
        (0x1, Cause.OUT_OF_LABELS),
        (0x4, Cause.COVER_OPEN),
        (0x10004, Cause.COVER_OPEN),
        (0x10000, Cause.PAUSED),
    ],
)
def test_a_fault_before_the_job_keeps_it_here(fake: FakePrinter, errors: int, cause: Cause) -> None:
    fake.errors = errors
    away = refused(driver(fake))
    assert (away.cause, away.taken, fake.got) == (cause, False, b"")
    with pytest.raises(PrinterUnavailable, match=cause.value):
        driver(fake).ready()
    fake.errors = 0
    driver(fake).send(JOB)
    assert fake.got == JOB.data * 2


def test_a_roll_that_ends_during_the_job_is_told_but_the_job_is_not_sent_twice(fake: FakePrinter) -> None:
    fake.errors_after_job = 0x1
    away = refused(driver(fake))
    assert (away.cause, away.taken, fake.got) == (Cause.OUT_OF_LABELS, True, JOB.data * 2)


def test_a_connection_broken_after_the_job_sends_it_again(fake: FakePrinter) -> None:
    fake.behaviour = "reset_after_job"
    away = refused(driver(fake))
    assert (away.cause, away.taken) == (Cause.OFFLINE, False)


def test_a_connection_broken_at_once(fake: FakePrinter) -> None:
    fake.behaviour = "reset"
    away = refused(driver(fake))
    assert (away.cause, away.taken, fake.got) == (Cause.OFFLINE, False, b"")


def test_a_printer_that_says_nothing(fake: FakePrinter) -> None:
    fake.behaviour = "silent"
    away = refused(driver(fake, SHORT_S))
    assert (away.cause, fake.got) == (Cause.OFFLINE, b"")


def test_a_printer_that_says_something_else(fake: FakePrinter) -> None:
    fake.behaviour = "junk"
    away = refused(driver(fake))
    assert (away.cause, fake.got) == (Cause.UNKNOWN_REPLY, b"")


def test_the_shorter_reply_of_older_printers_is_understood(fake: FakePrinter) -> None:
    fake.behaviour = "short"
    fake.errors = 0x4
    assert refused(driver(fake, SHORT_S)).cause is Cause.COVER_OPEN


def test_a_printer_busy_with_the_job_has_taken_it(fake: FakePrinter, monkeypatch: pytest.MonkeyPatch) -> None:
    printer = driver(fake, SHORT_S)
    replies = iter(["answer", "silent"])
    answer = FakePrinter._reply

    def first_only(this: FakePrinter, line: socket.socket) -> None:
        this.behaviour = next(replies)
        answer(this, line)

    monkeypatch.setattr(FakePrinter, "_reply", first_only)
    printer.send(JOB)
    assert fake.behaviour == "silent"
    assert fake.got == JOB.data * 2


def test_nobody_at_the_port(fake: FakePrinter) -> None:
    fake.close()
    away = refused(driver(fake))
    assert (away.cause, away.taken) == (Cause.REFUSED, False)


def test_a_name_that_does_not_exist() -> None:
    printer = TcpPrinter(TcpSettings("Z-9", "no-such-printer.invalid", 9100, SHORT_S))
    with pytest.raises(PrinterUnavailable) as away:
        printer.ready()
    assert away.value.cause is Cause.OFFLINE
    assert away.value.detail


def test_a_printer_without_status_is_only_given_the_bytes(fake: FakePrinter) -> None:
    fake.behaviour = "silent"
    printer = driver(fake, asks_status=False)
    printer.ready()
    printer.send(JOB)
    for _ in ("asked", "sent"):
        fake.hung_up.next()
    assert fake.got == JOB.data * 2
