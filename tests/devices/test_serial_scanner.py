"""The serial driver on real pseudo-terminals: scans, unplugging, coming back, and sharing with nobody."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from itertools import count, pairwise
from pathlib import Path

import pytest
from serial import Serial

from devices.framing import Framing
from devices.scanner import HalfScan, Lost, LostCause, Ok, Scan, ScannerState, Starting
from devices.serial_scanner import SerialScanner, SerialSettings
from tests.devices.fakes import Heard, Line

EAN = "4006381333931"


class Bench:
    """A scanner at work and everything it told."""

    def __init__(self, settings: SerialSettings) -> None:
        self.ticks = count(0, 100)
        self.scanner = SerialScanner(settings, lambda: float(next(self.ticks)))
        self.scans = Heard[Scan]()
        self.states = Heard[ScannerState]()

    def start(self) -> Bench:
        self.scanner.start(self.scans, self.states)
        assert self.states.next() == Starting()
        return self


Start = Callable[..., Bench]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path / "scanner")
    yield line
    line.unplug()


@pytest.fixture
def start(line: Line) -> Iterator[Start]:
    benches: list[Bench] = []

    def start(**changes: object) -> Bench:
        settings = {
            "source": "hand scanner",
            "path": line.path,
            "retry_s": 0.02,
            "quiet_s": 3600.0,
            **changes,
        }
        bench = Bench(SerialSettings(**settings))  # type: ignore[arg-type] # the test names its own changes
        benches.append(bench)
        return bench.start()

    yield start
    for bench in benches:
        bench.scanner.stop()


def test_a_scan_arrives_with_its_source_and_time(line: Line, start: Start) -> None:
    bench = start()
    assert bench.states.next() == Ok(line.path)
    line.write(f"{EAN}\r\n".encode())
    scan = bench.scans.next()
    assert (scan.raw, scan.source, scan.encoding) == (EAN, "hand scanner", "utf-8")
    assert scan.mono_ms % 100 == 0
    assert bench.scanner.source == "hand scanner"


def test_many_fast_scans_come_in_order_and_none_is_lost(line: Line, start: Start) -> None:
    bench = start()
    bench.states.until(Ok(line.path))
    codes = [f"ITEM-{n:05}" for n in range(600)]
    for code in codes:
        line.write(f"{code}\r".encode())
    scans = [bench.scans.next() for _ in codes]
    assert [scan.raw for scan in scans] == codes
    assert all(a.mono_ms <= b.mono_ms for a, b in pairwise(scans))


def test_a_scan_in_pieces_is_one_scan(line: Line, start: Start) -> None:
    bench = start()
    bench.states.until(Ok(line.path))
    for byte in f"]d201{EAN}\x1d10A\r":
        line.write(byte.encode())
    assert bench.scans.next().raw == f"]d201{EAN}\x1d10A"


def test_bytes_that_are_no_utf8_say_so(line: Line, start: Start) -> None:
    bench = start()
    bench.states.until(Ok(line.path))
    line.write(b"Gr\xf6\xdfe\r")
    scan = bench.scans.next()
    assert (scan.raw, scan.encoding) == ("Größe", "latin-1")


def test_unplugging_in_mid_scan_shows_the_half_and_plugging_in_goes_on(line: Line, start: Start) -> None:
    bench = start()
    bench.states.until(Ok(line.path))
    line.write(b"FIRST\r40063")
    assert bench.scans.next().raw == "FIRST"
    line.unplug()
    told = [bench.states.next(), bench.states.next(), bench.states.next()]
    assert told[0] == HalfScan("40063")
    assert [state.cause for state in told[1:] if isinstance(state, Lost)] == [
        LostCause.UNPLUGGED,
        LostCause.ABSENT,
    ]
    line.plug()
    assert bench.states.next() == Ok(line.path)
    line.write(f"{EAN}\r".encode())
    assert bench.scans.next().raw == EAN, "the half scan must not run into the next"
    assert bench.states.empty()


def test_unplugging_between_scans_loses_nothing(line: Line, start: Start) -> None:
    bench = start()
    bench.states.until(Ok(line.path))
    for n in range(3):
        line.unplug()
        line.plug()
        told = bench.states.until(Ok(line.path))
        assert not [state for state in told if isinstance(state, HalfScan)]
        line.write(f"SCAN-{n}\r".encode())
        assert bench.scans.next().raw == f"SCAN-{n}"


def test_a_scanner_not_plugged_in_is_said_once_and_found_later(line: Line, start: Start) -> None:
    line.unplug()
    bench = start()
    lost = bench.states.next()
    assert isinstance(lost, Lost)
    assert lost.cause is LostCause.ABSENT
    line.plug()
    assert bench.states.next() == Ok(line.path)


def test_what_was_scanned_before_ok_is_not_replayed(line: Line, start: Start) -> None:
    line.write(b"YESTERDAY\r")
    bench = start()
    bench.states.until(Ok(line.path))
    line.write(b"TODAY\r")
    assert bench.scans.next().raw == "TODAY"


def test_a_port_is_never_shared(line: Line, start: Start) -> None:
    first = start()
    first.states.until(Ok(line.path))
    second = start(source="rival")
    lost = second.states.next()
    assert isinstance(lost, Lost)
    assert lost.cause is LostCause.BUSY
    first.scanner.stop()
    assert second.states.next() == Ok(line.path)
    line.write(b"A\r")
    assert second.scans.next().source == "rival"
    assert first.scans.empty()


def test_a_pause_inside_a_scan_ends_it_as_half(line: Line, start: Start) -> None:
    bench = start(quiet_s=0.05)
    bench.states.until(Ok(line.path))
    line.write(b"40063")
    assert bench.states.next() == HalfScan("40063")
    line.write(f"{EAN}\r".encode())
    assert bench.scans.next().raw == EAN


def test_a_scanner_without_terminator_is_framed_by_its_pauses(line: Line, start: Start) -> None:
    bench = start(quiet_s=0.05, quiet_ends=True, framing=Framing(terminators=b""))
    bench.states.until(Ok(line.path))
    line.write(EAN.encode())
    assert bench.scans.next().raw == EAN
    assert bench.states.empty()


def test_control_lines_that_a_line_lacks_are_done_without(line: Line, start: Start) -> None:
    bench = start(dtr=True, rts=False)
    assert bench.states.next() == Ok(line.path)


def test_other_faults_of_control_lines_are_told(
    line: Line, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Serial, __: bool) -> None:
        raise OSError(errno.EIO, "broken line")

    monkeypatch.setattr(Serial, "dtr", property(lambda _: True, broken))
    bench = start(dtr=True)
    lost = bench.states.next()
    assert isinstance(lost, Lost)
    assert (lost.cause, "broken line" in lost.detail) == (LostCause.FAILED, True)
    monkeypatch.undo()
    assert bench.states.next() == Ok(line.path)


def test_a_path_that_is_no_line_is_a_plain_state(tmp_path: Path) -> None:
    plain = tmp_path / "file"
    plain.touch()
    bench = Bench(SerialSettings("odd", str(plain), retry_s=3600)).start()
    assert isinstance(bench.states.next(), Lost)
    bench.scanner.stop()


def test_stop_is_final_and_may_come_at_any_time(line: Line, start: Start) -> None:
    never_started = SerialScanner(SerialSettings("x", line.path), lambda: 0.0)
    never_started.stop()
    bench = start()
    bench.states.until(Ok(line.path))
    bench.scanner.stop()
    bench.scanner.stop()
    line.write(b"LATE\r")
    assert bench.scans.empty()
    waiting = start(path=f"{line.path}-none", retry_s=3600)
    assert isinstance(waiting.states.next(), Lost)
    waiting.scanner.stop()


def test_a_driver_is_started_once(start: Start) -> None:
    bench = start()
    with pytest.raises(RuntimeError, match="started before"):
        bench.scanner.start(bench.scans, bench.states)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_crash_in_a_callback_is_shown_as_a_lost_scanner(line: Line, start: Start) -> None:
    bench = start()
    bench.states.until(Ok(line.path))

    def crash(_: Scan) -> None:
        raise ZeroDivisionError

    bench.scanner.stop()
    broken = SerialScanner(SerialSettings("crashing", line.path, retry_s=0.02), lambda: 0.0)
    states = Heard[ScannerState]()
    broken.start(crash, states)
    states.until(Ok(line.path))
    line.write(b"A\r")
    lost = states.next()
    assert isinstance(lost, Lost)
    assert (lost.cause, lost.detail) == (LostCause.FAILED, "ZeroDivisionError()")
    broken.stop()
