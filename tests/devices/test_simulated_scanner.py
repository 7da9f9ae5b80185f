"""The simulated scanner: the real process, its protocol, and the real driver at its port."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from serial import Serial

from devices import simulated_scanner
from devices.scanner import HalfScan, Lost, LostCause, Ok, Scan, ScannerState
from devices.serial_scanner import SerialScanner, SerialSettings
from devices.simulated_scanner import SimulatedScanner, SimulatorError
from tests.devices.fakes import PATIENCE_S, Heard

EAN = "4006381333931"


@pytest.fixture
def simulator() -> Iterator[SimulatedScanner]:
    with SimulatedScanner() as simulator:
        yield simulator


def test_the_driver_reads_what_is_fired(simulator: SimulatedScanner) -> None:
    scans, states = Heard[Scan](), Heard[ScannerState]()
    scanner = SerialScanner(SerialSettings("simulated", simulator.port, retry_s=0.02), lambda: 0.0)
    scanner.start(scans, states)
    states.until(Ok(simulator.port))
    codes = [f"CODE-{n}" for n in range(50)]
    for code in codes:
        simulator.fire(code)
    simulator.fire(EAN, aim="]E0")
    simulator.fire("010950600013435210A\x1d21Größe", aim="]d2")
    assert [scans.next().raw for _ in range(52)] == [
        *codes, f"]E0{EAN}", "]d2010950600013435210A\x1d21Größe",
    ]  # fmt: skip
    scanner.stop()


def test_pulling_its_plug_in_mid_scan_leaves_half_a_scan() -> None:
    scans, states = Heard[Scan](), Heard[ScannerState]()
    with SimulatedScanner("none") as simulator:
        scanner = SerialScanner(
            SerialSettings("simulated", simulator.port, retry_s=0.02, quiet_s=3600), float
        )
        scanner.start(scans, states)
        states.until(Ok(simulator.port))
        # One write, so that the half has been read when the whole scan before it arrives.
        simulator.fire_half("WHOLE\r40063")
        assert scans.next().raw == "WHOLE"
    told = [states.next(), states.next()]
    assert told[0] == HalfScan("40063")
    assert isinstance(told[1], Lost)
    assert told[1].cause is LostCause.UNPLUGGED
    scanner.stop()


@pytest.mark.parametrize(
    ("suffix", "end"), [("lf", b"\n"), ("crlf", b"\r\n"), ("tab", b"\t"), ("eot", b"\x04"), ("none", b"!")]
)
def test_suffixes(suffix: str, end: bytes) -> None:
    with SimulatedScanner(suffix) as simulator, Serial(simulator.port, timeout=PATIENCE_S) as port:
        simulator.fire("A1")
        if suffix == "none":
            simulator.fire("!")
        assert port.read_until(end) == b"A1" + end


def test_a_closed_simulator_says_so(simulator: SimulatedScanner) -> None:
    simulator.close()
    simulator.close()
    with pytest.raises(SimulatorError, match="closed"):
        simulator.fire(EAN)


def test_a_code_no_line_can_carry_is_refused(simulator: SimulatedScanner) -> None:
    with pytest.raises(SimulatorError, match="line 1"):
        simulator.fire("\ud800")
    with pytest.raises(SimulatorError, match="ended"):
        simulator.fire(EAN)


def test_the_port_is_raw_so_that_nothing_is_echoed_or_changed(simulator: SimulatedScanner) -> None:
    with Serial(simulator.port, timeout=PATIENCE_S) as port:
        every = "".join(map(chr, range(1, 128)))
        simulator.fire(every)
        assert port.read(128) == every.encode() + b"\r"


def run(plan: str, *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    """The program as a person starts it, with a plan on its stdin."""
    done = subprocess.run(
        [sys.executable, "-m", "devices.simulated_scanner", *arguments],
        input=plan,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        cwd=Path(simulated_scanner.__file__).parents[1],
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_the_program_answers_each_line() -> None:
    plan = [
        '{"code": "A1"}',
        "",
        '{"code": "B2", "aim": "]C0"}',
        '{"half": "C"}',
        '{"wait_ms": 1}',
        '{"end": true}',
        '{"code": "never sent"}',
    ]
    status, answers, _ = run("\n".join(plan), "--plan", "-")
    assert status == 0
    assert str(answers[0]["port"]).startswith("/dev/")
    assert answers[1:] == [
        {"sent": "A1", "bytes": 3},
        {"sent": "]C0B2", "bytes": 6},
        {"sent": "C", "bytes": 1},
        {"sent": "", "bytes": 0},
        {"ended": True},
    ]


def test_a_plan_from_a_file(tmp_path: Path) -> None:
    plan = tmp_path / "plan.jsonl"
    plan.write_text('{"code": "Größe"}\n', encoding="utf-8")
    status, answers, _ = run("", "--plan", str(plan), "--suffix", "crlf")
    assert (status, answers[1:]) == (0, [{"sent": "Größe", "bytes": 9}])


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    status, answers, talk = run("", "--plan", str(tmp_path / "none"))
    assert (status, answers) == (2, [])
    assert "cannot be read" in talk


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "{}",
        '{"aim": "]E0"}',
        '{"code": 1}',
        '{"code": "A", "speed": 9}',
        '{"wait_ms": "long"}',
    ],
)
def test_bad_plans_are_refused_by_line(line: str) -> None:
    answers = io.StringIO()
    assert simulated_scanner.play(['{"wait_ms": 0}', line], "\r", answers) == 2
    assert "line 2" in json.loads(answers.getvalue().splitlines()[-1])["refused"]


def test_an_unread_port_is_refused_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_scanner, "_UNREAD_TIMEOUT_S", 0.05)
    answers = io.StringIO()
    plan = [json.dumps({"code": "A" * 4000}) for _ in range(40)]
    assert simulated_scanner.play(plan, "\r", answers) == 2
    assert "nobody reads" in answers.getvalue()


def test_elsewhere_it_says_plainly_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("devices.simulated_scanner.POSIX", False)
    assert simulated_scanner.main(["--plan", "-"]) == 1
    assert "POSIX" in capsys.readouterr().err
    with pytest.raises(SimulatorError, match="POSIX"):
        SimulatedScanner()
